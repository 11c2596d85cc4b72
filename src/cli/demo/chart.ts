/** A day of the chart. */
export interface Day {
  readonly day: Date;
  readonly delay: number;
  readonly week: number;
}

/** Mean delays by day as points, and of weeks as a line: an SVG document. */
export async function drawDelays(days: readonly Day[]): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: 960,
    height: 420,
    style: { background: 'white', fontFamily: 'sans-serif' },
    x: { label: null, type: 'utc' },
    y: { label: 'mean delay, minutes', grid: true },
    marks: [
      Plot.ruleY([0]),
      Plot.dot([...days], { x: 'day', y: 'delay', r: 2, fill: '#9aa5b1' }),
      Plot.line([...days], { x: 'day', y: 'week', stroke: '#c2410c', strokeWidth: 2 }),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${chart.outerHTML}\n`;
}
