/** Tools that are driven as processes. */
export type Program = 'aws' | 'kops' | 'helm' | 'kubectl';

/** A command of a tool, its arguments one by one: no shell ever reads them. */
export interface Command {
  readonly program: Program;
  readonly args: readonly string[];
  /** What it prints is a secret: it is neither shown nor logged. */
  readonly secret?: true;
}

/** How a command ended, and what it said. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Finds out whether a step is done already. */
export interface Check {
  /** It changes nothing. */
  readonly command: Command;
  /** What its answer, as JSON, then contains; without it the command succeeds. */
  readonly has?: unknown;
  /** Words of its failures by which the step is not done yet. Other failures are errors. */
  readonly absent: readonly string[];
}

/** One change of the world, as data. */
export interface Step {
  readonly title: string;
  readonly command: Command;
  readonly check?: Check;
  /** What to do about failures, by words in them. */
  readonly remedies?: readonly (readonly [words: string, remedy: string])[];
  /** Of each line that it says, what is shown while it runs; `stdout` is all that it has printed. */
  readonly progress?: (line: string, stdout: string) => string | undefined;
}

/** Whether a value contains another: of objects the fields that the other has, of arrays for each of its elements one. */
export function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(wanted))
    return Array.isArray(value) && wanted.every((one) => value.some((other) => contains(other, one)));
  return Object.entries(wanted).every(([key, one]) =>
    contains((value as Readonly<Record<string, unknown>>)[key], one),
  );
}

/** Whether the answer to a check says that its step is done; undefined where it says neither. */
export function isDone(check: Check, { code, stdout, stderr }: Answer): boolean | undefined {
  if (code !== 0) return check.absent.some((words) => stderr.includes(words)) ? false : undefined;
  if (check.has === undefined) return true;
  // Some commands of aws print nothing where nothing is configured.
  if (stdout.trim() === '') return false;
  return contains(JSON.parse(stdout), check.has);
}

/** A command as one would type it. */
export function shown({ program, args }: Command): string {
  return [program, ...redactedArgs(args)].map(quoted).join(' ');
}

const quoted = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const SECRET_NAME = /password|passwd|token|secret|credential/i;

/** Values of arguments like `--set jupyter.password=…` are nobody else's business. */
function redactedArgs(args: readonly string[]): readonly string[] {
  return args.map((arg) => {
    const [, name] = /^([^=]+)=./s.exec(arg) ?? [];
    return name !== undefined && SECRET_NAME.test(name) ? `${name}=***` : arg;
  });
}
