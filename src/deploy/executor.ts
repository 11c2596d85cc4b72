import { DeployError, InterruptedError } from './errors.js';
import type { Log } from './log.js';
import { type RunOptions, run } from './process.js';
import { type Answer, type Command, isDone, type Step, shown } from './step.js';
import { remedyOf } from './tools.js';

export interface ExecutorOptions {
  /** Takes lines for the user. */
  readonly say: (line: string) => void;
  readonly log: Log;
  /** Whether what would change something is only shown. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Lines of an error that are repeated in its message. */
const LAST_LINES = 12;

/** Runs steps one after another, and asks tools. It decides nothing. */
export class Executor {
  constructor(private readonly options: ExecutorOptions) {}

  get dryRun(): boolean {
    return this.options.dryRun;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  say(line = ''): void {
    this.options.say(line);
    this.options.log.write(`${line}\n`);
  }

  /**
   * Does what is not done yet, and shows each command before it runs.
   * @throws DeployError with the step, its command, what the tool said and what to do; steps before it are done, and are found done the next time
   */
  async execute(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(step);
  }

  private async step(step: Step): Promise<void> {
    this.say(`── ${step.title}`);
    if (step.check !== undefined) {
      const answer = await this.ask(step.check.command);
      const done = isDone(step.check, answer);
      if (done === undefined) throw this.failure(step, step.check.command, answer);
      if (done) {
        this.say('   is done already');
        return;
      }
    }
    this.say(`   $ ${shown(step.command)}`);
    if (this.options.dryRun) return;
    const answer = await this.ask(step.command, (line, stdout) => {
      const shown = step.progress?.(line, stdout);
      if (shown !== undefined) this.options.say(`   ${shown}`);
    });
    if (answer.code !== 0) throw this.failure(step, step.command, answer);
  }

  /** What a command that changes nothing says, also where it fails. */
  async ask(command: Command, onLine?: RunOptions['onLine']): Promise<Answer> {
    const { log, signal } = this.options;
    log.write(`$ ${shown(command)}\n`);
    try {
      const answer = await run(command, { signal, ...(onLine && { onLine }) });
      log.write(`${command.secret ? '***\n' : answer.stdout}${answer.stderr}exit code ${answer.code}\n`);
      return answer;
    } catch (error) {
      log.write(`${(error as Error).message}\n`);
      throw error;
    }
  }

  /**
   * The answer of a command that changes nothing, as JSON; undefined where it fails by one of these words.
   * @throws DeployError where it fails otherwise
   */
  async query(command: Command, absent: readonly string[] = []): Promise<unknown> {
    const answer = await this.ask(command);
    if (answer.code === 0) return answer.stdout.trim() === '' ? {} : JSON.parse(answer.stdout);
    if (absent.some((words) => answer.stderr.includes(words))) return undefined;
    throw this.failure({}, command, answer);
  }

  /** Without a title it was only asked. */
  private failure(
    { title, remedies = [] }: Partial<Pick<Step, 'title' | 'remedies'>>,
    command: Command,
    { code, stdout, stderr }: Answer,
  ): Error {
    if (this.signal.aborted) return new InterruptedError();
    const said = stderr.trim() === '' ? stdout : stderr;
    const last = said.trim().split('\n').slice(-LAST_LINES);
    const remedy = remedies.find(([words]) => said.includes(words))?.[1] ?? remedyOf(said);
    const more = title === undefined ? '' : '; the same command goes on from here';
    return new DeployError(
      [
        `${title === undefined ? '' : `${title}: `}${command.program} ended with ${code}`,
        `   $ ${shown(command)}`,
        ...last.map((line) => `   ${line}`),
        ...(remedy === undefined ? [] : [remedy]),
        `All that was said is in ${this.options.log.path}${more}.`,
      ].join('\n'),
    );
  }
}
