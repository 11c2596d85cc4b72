import type { CellError } from '../cells/messages.js';
import type { Problem } from '../compiler/messages.js';

/** What the compiler does not accept, as an error of a cell: each with its line, and where on it. */
export function problemsAsError(cell: string, problems: readonly Problem[]): CellError {
  const name = 'TypeScriptError';
  const traceback = problems.flatMap(({ line, column, code, message, text }) => {
    const number = String(line);
    return [
      `\u001b[31mcell ${cell}, line ${line}\u001b[0m: ${message}${code === 0 ? '' : ` (TS${code})`}`,
      `  ${number} | ${text}`,
      `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1)}^`,
    ];
  });
  const [{ line, message }] = problems as [Problem];
  return { name, message: `line ${line}: ${message}`, traceback };
}
