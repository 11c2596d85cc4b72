import type { CellError, Output } from '../cells/messages.js';
import type { CellsProcess } from '../cells/process.js';
import type { Compiler } from '../compiler/handle.js';
import type { Bundle, Content, Header } from '../wire/message.js';
import { problemsAsError } from './problems.js';

export interface Run {
  readonly id: string;
  /** As users count. */
  readonly count: number;
}

export interface Ran {
  readonly result?: Bundle;
  readonly error?: CellError;
}

type Publish = (type: string, content: Content, parent: Header) => void;

/** From source to outcome: compiles a cell, runs it, and tells the compiler what became of it. */
export class Cells {
  count = 0;
  private unseen = 0;
  private readonly process: CellsProcess;
  /** Whose outputs are whose, also of what goes on after its cell. */
  private readonly parents = new Map<string, Header>();
  private latest: Header | undefined;
  private interrupted = false;

  constructor(
    private readonly compiler: Compiler,
    start: (output: (cell: string, output: Output) => void) => CellsProcess,
    private readonly publish: Publish,
  ) {
    this.process = start((cell, output) => this.output(cell, output));
  }

  /** @param stored it gets a number of its own */
  begin(stored: boolean, parent: Header): Run {
    if (stored) {
      this.count++;
      this.unseen = 0;
    } else this.unseen++;
    const id = this.unseen === 0 ? String(this.count) : `${this.count}.${this.unseen}`;
    this.parents.set(id, parent);
    this.latest = parent;
    return { id, count: this.count };
  }

  async run({ id }: Run, source: string): Promise<Ran> {
    this.interrupted = false;
    const { cell, problems } = await this.compiler.ask('compile', id, source);
    if (problems) return { error: problemsAsError(id, problems) };
    if (this.interrupted) return { error: INTERRUPTED };
    const outcome = await this.process.run(cell);
    if (outcome === 'lost') {
      await this.compiler.ask('forget');
      return { error: lost(this.process.lastEnd) };
    }
    await this.compiler.ask('ran', id, outcome.steps);
    return outcome;
  }

  interrupt(): void {
    this.interrupted = true;
    this.process.interrupt();
  }

  private output(cell: string, output: Output): void {
    const parent = this.parents.get(cell) ?? this.latest;
    if (parent === undefined) return;
    if (output.type === 'stream') this.publish('stream', { name: output.name, text: output.text }, parent);
    else if (output.type === 'clear') this.publish('clear_output', { wait: output.wait }, parent);
    else {
      const { bundle, id, update } = output;
      const transient = id === undefined ? {} : { display_id: id };
      this.publish(update ? 'update_display_data' : 'display_data', { ...bundle, transient }, parent);
    }
  }
}

const INTERRUPTED: CellError = {
  name: 'Interrupted',
  message: 'the cell was interrupted',
  traceback: ['Interrupted: the cell was interrupted'],
};

function lost(how: string): CellError {
  const message = `the process that runs cells ended (${how}); another has started, in which nothing is declared yet`;
  return { name: 'ProcessEnded', message, traceback: [`ProcessEnded: ${message}`] };
}
