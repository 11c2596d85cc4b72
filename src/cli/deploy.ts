import { existsSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { DeployError, Executor, InterruptedError, type Log, openLog } from '../deploy/index.js';

/** Flags of every command that makes, shows or removes clusters. */
export const COMMON = {
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Flags that name a release. */
export const TARGET = {
  namespace: { type: 'string', default: 'compute' },
  release: { type: 'string', default: 'tilework' },
} as const;

/** Flags of what is installed. */
export const RELEASE = {
  ...TARGET,
  chart: { type: 'string', default: 'tilework' },
  workers: { type: 'string' },
  python: { type: 'string' },
  values: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  timeout: { type: 'string', default: '15m' },
} as const;

/** Exit codes: as shells have them for what was interrupted. */
const USAGE = 2;
const INTERRUPTED = 130;

/** An action of a command with its arguments read: what it does with tools. */
export interface Action {
  /** Of the log. */
  readonly name: string;
  readonly dryRun: boolean;
  /** Whether it runs until it is interrupted, which is then no failure. */
  readonly untilInterrupted?: true;
  readonly run: (executor: Executor) => Promise<void>;
}

type Flags = NonNullable<ParseArgsConfig['options']>;

/** What was said to a command. */
interface Said<F extends Flags> {
  readonly name: string;
  readonly rest: readonly string[];
  readonly values: ReturnType<
    typeof parseArgs<{ options: F; allowPositionals: true; tokens: true }>
  >['values'];
}

/**
 * The action that arguments name, what else is said, and flags.
 *
 * @param own the actions, and flags that are of some of them only
 * @throws TypeError naming what is wrong
 */
export function readArgs<const F extends Flags>(
  args: readonly string[],
  flags: F,
  own: Readonly<Record<string, readonly string[]>>,
): Said<F> | 'help' {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: flags,
    allowPositionals: true,
    tokens: true,
  });
  const [name, ...rest] = positionals;
  if ('help' in values) return 'help';
  if (name === undefined || !Object.hasOwn(own, name)) {
    const actions = Object.keys(own);
    throw new TypeError(
      `${actions.slice(0, -1).join(', ')} or ${actions.at(-1)}, not ${name === undefined ? 'nothing' : JSON.stringify(name)}`,
    );
  }
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const of = Object.keys(own).filter((action) => own[action]!.includes(token.name));
    if (of.length > 0 && !of.includes(name))
      throw new TypeError(`--${token.name} is of ${of.join(' and ')}, not of ${name}`);
  }
  return { name, rest, values };
}

/** Reads arguments, does what they say, and says what went wrong. Resolves to the exit code. */
export async function perform(command: string, usage: string, read: () => Action | 'help'): Promise<number> {
  const wrong = (error: unknown): number => {
    console.error(`tilework ${command}: ${(error as Error).message}\n\n${usage}`);
    return USAGE;
  };
  let action: Action | 'help';
  try {
    action = read();
  } catch (error) {
    return wrong(error);
  }
  if (action === 'help') {
    console.log(usage);
    return 0;
  }
  const { name, dryRun, untilInterrupted, run } = action;
  const stopping = new AbortController();
  const stop = (): void => {
    if (!untilInterrupted && !stopping.signal.aborted)
      console.error('ending; the tool at work puts things in order first');
    stopping.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  let log: Log | undefined;
  try {
    log = openLog(`${command}-${name}`, console.error);
    await run(new Executor({ say: console.log, log, dryRun, signal: stopping.signal }));
    return 0;
  } catch (error) {
    if (error instanceof InterruptedError && untilInterrupted) return 0;
    if (error instanceof TypeError) return wrong(error);
    if (!(error instanceof DeployError)) throw error;
    log?.write(`${error.message}\n`);
    console.error(`tilework ${command}: ${error.message}`);
    return error instanceof InterruptedError ? INTERRUPTED : 1;
  } finally {
    // Where something failed, what still runs has to end too.
    stopping.abort();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** @throws TypeError naming the flag and what it takes */
export function wholeOf(flag: string, text: string, least: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= 10_000) return Number(text);
  throw new TypeError(`${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
}

export const maybeWhole = (flag: string, text: string | undefined, least: number): number | undefined =>
  text === undefined ? undefined : wholeOf(flag, text, least);

interface ReleaseFlags {
  readonly namespace: string;
  readonly release: string;
  readonly chart: string;
  readonly workers?: string;
  readonly python?: string;
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly timeout: string;
}

/** What is to be installed, of flags. @throws TypeError naming the flag and what it takes */
export function releaseOf(flags: ReleaseFlags) {
  const { namespace, release, chart, values = [], set = [], timeout } = flags;
  if (chart !== 'tilework' && chart !== 'dask')
    throw new TypeError(`--chart takes tilework or dask, not ${JSON.stringify(chart)}`);
  if (!/^\d+[smh]$/.test(timeout))
    throw new TypeError(`--timeout takes such as 15m, not ${JSON.stringify(timeout)}`);
  for (const file of values)
    if (!/^https?:/.test(file) && !existsSync(file))
      throw new TypeError(`--values: there is no file ${file}`);
  const wrong = set.find((one) => !/^[^=]+=/.test(one));
  if (wrong !== undefined) throw new TypeError(`--set takes NAME=VALUE, not ${JSON.stringify(wrong)}`);
  const node = maybeWhole('--workers', flags.workers, 0);
  const python = maybeWhole('--python', flags.python, 0);
  const workers = { ...(node !== undefined && { node }), ...(python !== undefined && { python }) };
  return { namespace, release, chart, workers, values, set, timeout } as const;
}
