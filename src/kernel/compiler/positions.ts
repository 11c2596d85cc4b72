/** Jupyter counts code points, JavaScript UTF-16 code units. */
export function unitsOf(text: string, points: number): number {
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left--)
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

export const pointsOf = (text: string, units: number): number => [...text.slice(0, units)].length;
