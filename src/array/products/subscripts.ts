/** Einstein's notation, as `einsum` takes it. */

/** A name for each axis of each operand and of the result: letters, and for axes that an ellipsis stands for their place from the right. */
export interface Subscripts {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const TERM = '[A-Za-z]*(\\.\\.\\.[A-Za-z]*)?';
const FORM = new RegExp(`^${TERM}(,${TERM})*(->${TERM})?$`);

/**
 * Reads subscripts for operands of so many axes. Without an arrow the result has the axes of ellipses, then the letters that stand once, in alphabetical
 * order.
 *
 * @throws RangeError where they are none, or do not fit the operands
 */
export function parseSubscripts(subscripts: string, ranks: readonly number[]): Subscripts {
  const text = subscripts.replaceAll(' ', '');
  if (!FORM.test(text))
    throw new RangeError(
      `einsum: ${JSON.stringify(subscripts)} is not letters, and '...' for axes before or between them, with commas between operands, such as 'ij,jk->ik'`,
    );
  const [left, right] = text.split('->');
  const terms = left.split(',');
  if (terms.length !== ranks.length)
    throw new RangeError(
      `einsum: subscripts for ${terms.length} operands, of which there are ${ranks.length}`,
    );
  const inputs = terms.map((term, i) => axesOf(term, i, ranks[i]));
  const all = inputs.flat();
  const most = Math.max(0, ...inputs.map((axes) => axes.filter(isUnnamed).length));
  if (right !== undefined && most > 0 && !right.includes('...'))
    throw new RangeError(
      `einsum: the result's axes ${JSON.stringify(right)} need an ellipsis for those that it stands for in operands`,
    );
  const once = [...new Set(all)].filter((l) => !isUnnamed(l) && all.indexOf(l) === all.lastIndexOf(l)).sort();
  const output = right === undefined ? [...unnamed(most), ...once] : spread(right, most);
  const wrong = output.find((l, i) => !all.includes(l) || output.indexOf(l) !== i);
  if (wrong !== undefined)
    throw new RangeError(`einsum: the result's letter ${wrong} must be of an operand, and stand there once`);
  return { inputs, output };
}

function axesOf(term: string, operand: number, rank: number): string[] {
  const letters = term.replace('...', '').length;
  const fits = term.includes('...') ? letters <= rank : letters === rank;
  if (!fits)
    throw new RangeError(
      `einsum: ${letters} letters (${term}) for operand ${operand}, which has ${rank} axes`,
    );
  return spread(term, rank - letters);
}

/** The axes of a term whose ellipsis stands for so many. */
function spread(term: string, count: number): string[] {
  const [before, after] = term.split('...');
  return after === undefined ? [...term] : [...before, ...unnamed(count), ...after];
}

/** Axes of an ellipsis, which are aligned at the right as where arrays broadcast. */
const unnamed = (count: number): string[] => Array.from({ length: count }, (_, i) => `...${count - i}`);

const isUnnamed = (axis: string): boolean => axis.startsWith('...');
