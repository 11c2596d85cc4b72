/** Runs examples, and compares what they yield with the comments at the ends of their lines. */
import { format, inspect } from 'node:util';
import { transform } from 'esbuild';
import * as tw from '../../src/index.js';

const MODULES: Readonly<Record<string, () => Promise<unknown>>> = {
  tilework: async () => tw,
  'tilework/array': () => import('../../src/array/index.js'),
};

/** A statement of an example: its text, and what a comment behind it says. */
interface Statement {
  readonly text: string;
  readonly line: number;
  readonly expected?: string;
}

/**
 * Cuts a program into the statements of its top level. A statement ends with a semicolon, or with a closing brace at the end of a line,
 * outside of brackets, strings and comments.
 */
export function statementsOf(code: string): Statement[] {
  const statements: Statement[] = [];
  let [start, depth, i] = [0, 0, 0];
  const lineAt = (at: number) => code.slice(0, at).split('\n').length;
  const end = (at: number): void => {
    const rest = /^[ \t]*\/\/ ?(.*)/.exec(code.slice(at));
    const text = code.slice(start, at);
    const lead = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(text)![0].length;
    if (text.slice(lead).trim() !== '')
      statements.push({
        text: text.slice(lead),
        line: lineAt(start + lead),
        ...(rest ? { expected: rest[1].trim() } : {}),
      });
    start = at + (rest?.[0].length ?? 0);
  };
  while (i < code.length) {
    const c = code[i];
    if (c === "'" || c === '"' || c === '`') i = closing(code, i);
    else if (code.startsWith('//', i)) i = (code.indexOf('\n', i) + 1 || code.length + 1) - 2;
    else if (code.startsWith('/*', i)) i = code.indexOf('*/', i) + 1;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    i++;
    const braced = c === '}' && /^[ \t]*(?:\n|$)/.test(code.slice(i)) && !/^\s*[.)]/.test(code.slice(i));
    if (depth === 0 && (c === ';' || braced)) {
      end(i);
      i = Math.max(i, start);
    }
  }
  end(code.length);
  return statements;
}

/** Position of the quote that closes the one at `at`. */
function closing(code: string, at: number): number {
  for (let i = at + 1; i < code.length; i++) {
    if (code[i] === '\\') i++;
    else if (code[i] === code[at]) return i;
    else if (code[at] === '`' && code.startsWith('${', i)) i = code.indexOf('}', i);
  }
  throw new SyntaxError(`a string is not closed: ${code.slice(at, at + 40)}`);
}

const DECLARATION =
  /^(?:const|let|var|import|export|function|async function|class|for|if|while|try|interface|type|declare|return|throw|await using|using)\b/;

/** The statement with imports made dynamic, and with a check where it is an expression with an expectation. */
function instrumented({ text, line, expected }: Statement): string {
  const imported = /^import\s+([\s\S]+?)\s+from\s+(['"].*?['"]);?$/.exec(text.trim());
  if (/^import\s+type\b/.test(text)) return '';
  if (imported) {
    const names = imported[1].startsWith('{')
      ? imported[1].replace(/\btype\s+\w+\s*,?/g, '').replace(/\bas\b/g, ':')
      : imported[1].replace(/^\*\s+as\s+/, '');
    return `const ${names} = await __import(${imported[2]});`;
  }
  if (expected === undefined || DECLARATION.test(text)) return text;
  const expression = text.trim().replace(/;$/, '');
  return `await __check(async () => (${expression}), ${JSON.stringify(expected)}, ${line}, ${JSON.stringify(expression)});`;
}

/** How values are written in comments: whitespace does not count beside brackets, and once elsewhere. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/([[({]) /g, '$1')
    .replace(/ ([\])}])/g, '$1')
    .trim();

const asArray = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'tolist' in value ? new Shown(String(value)) : value;

/** An NDArray within a list shows its elements. */
class Shown {
  constructor(readonly text: string) {}
  [inspect.custom](): string {
    return this.text;
  }
}

export function agrees(value: unknown, expected: string): boolean {
  const shown = Array.isArray(value) ? value.map(asArray) : value;
  const texts = [String(value), inspect(shown, { depth: 4, breakLength: Number.POSITIVE_INFINITY })];
  return texts.some((text) => plain(text) === plain(expected));
}

async function check(
  run: () => Promise<unknown>,
  expected: string,
  line: number,
  text: string,
): Promise<void> {
  const fails = /^throws\b\s*(.*)/.exec(expected);
  let value: unknown;
  try {
    value = await run();
  } catch (error) {
    if (fails && error instanceof Error && `${error.name}: ${error.message}`.includes(fails[1])) return;
    throw new Error(
      `line ${line}: ${text} fails: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  if (fails) throw new Error(`line ${line}: ${text} does not throw, but gives ${String(value)}`);
  if (!agrees(value, expected))
    throw new Error(`line ${line}: ${text} gives\n${String(value)}\n${inspect(value)}\nand not\n${expected}`);
}

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<void>;

/**
 * Runs an example with `scope` in sight, and rejects where it fails or a value is not as its comment says. `expression; // text` compares
 * the value (awaited) as a string, or as Node shows it, with the text; `// throws text` expects an error whose name and message hold the text. What
 * `console.log(…)` prints is its value.
 */
export async function runExample(code: string, scope: Readonly<Record<string, unknown>>): Promise<number> {
  const statements = statementsOf(code);
  const body = statements.map(instrumented).join('\n');
  const { code: javascript } = await transform(`const __run = async () => {\n${body}\n};`, {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
  });
  const all: Record<string, unknown> = {
    ...scope,
    __check: check,
    __import: async (name: string) => (MODULES[name] ?? (() => import(name)))(),
    console: {
      log: (...values: unknown[]) => format(...values.map((v) => (typeof v === 'object' ? asArray(v) : v))),
    },
  };
  const run = new AsyncFunction(...Object.keys(all), `${javascript}\nreturn __run();`);
  await run(...Object.values(all));
  return statements.filter(({ text, expected }) => expected !== undefined && !DECLARATION.test(text)).length;
}
