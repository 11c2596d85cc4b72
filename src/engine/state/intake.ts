import type { Pieces } from '../../graph/pieces.js';
import type { Core } from './core.js';
import { sweep, unhold } from './lifetimes.js';
import type { RunRecord, Submission } from './records.js';
import { submit, Walk } from './submit.js';

/**
 * A graph that is taken in a piece at a time, between other events. Its records are there from when they are made, but take part in nothing before all are; of what they
 * read of others nothing goes meanwhile. There is one at most: whoever takes in another graph, which may read what this one makes, has this one taken in first.
 */
export class Intake {
  private readonly walk: Walk;
  private readonly work: Pieces<void>;
  private outcome: { readonly run: RunRecord } | { readonly error: unknown } | undefined;

  /**
   * @param taken told of the run when it is taken in, whoever has that done
   * @param steps small steps in a piece
   */
  constructor(
    private readonly core: Core,
    private readonly submission: Submission,
    private readonly taken: (run: RunRecord) => void,
    steps: number,
  ) {
    this.walk = new Walk(core, submission, steps);
    this.work = this.walk.pieces();
    core.intake = this;
  }

  /** All of it. Where it is left in between nothing is taken in. Throws a GraphError where the graph cannot be computed. */
  *pieces(): Pieces<RunRecord> {
    try {
      while (!this.step()) yield;
    } finally {
      if (this.outcome === undefined) {
        this.walk.undo();
        this.end({ error: undefined });
      }
    }
    const { outcome } = this;
    if ('run' in outcome!) return outcome.run;
    throw outcome!.error;
  }

  /** Does now what is left. What is wrong with the graph is told to whoever goes through the pieces. */
  finish(): void {
    while (!this.step());
  }

  /** @returns whether that was the last */
  private step(): boolean {
    if (this.outcome !== undefined) return true;
    try {
      if (!this.work.next().done) return false;
      this.end({ run: this.take() });
    } catch (error) {
      this.end({ error });
    }
    return true;
  }

  private take(): RunRecord {
    const { core, walk } = this;
    if (walk.isSound) return walk.commit();
    // What it was to read has failed meanwhile: as if it came only now.
    walk.undo();
    return submit(core, this.submission);
  }

  private end(outcome: { readonly run: RunRecord } | { readonly error: unknown }): void {
    const { core, walk } = this;
    this.outcome = outcome;
    core.intake = undefined;
    for (const record of walk.present) unhold(core, record);
    if ('run' in outcome) this.taken(outcome.run);
    sweep(core);
  }
}
