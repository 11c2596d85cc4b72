import { communicate } from './communicating.js';
import { compute } from './computing.js';
import { Core, type WorkerOptions } from './core.js';
import type { Event } from './events.js';
import { handle } from './handlers.js';
import type { Instruction } from './instructions.js';
import { settle } from './transitions.js';

/**
 * Decides everything in a cluster's worker: events in, instructions out. It has no clock, thread, socket or randomness, so every course
 * of events can be tested by telling it. States and their meaning are those of Dask's own worker, which the scheduler relies on.
 */
export class WorkerState {
  readonly core: Core;

  constructor(options: WorkerOptions) {
    this.core = new Core(options);
  }

  /** Takes an event in, and says what is to be done for it, in order. */
  handle(event: Event): readonly Instruction[] {
    const { core } = this;
    core.stimulus = event.stimulus;
    handle(core, event);
    settle(core);
    // Only when all is settled: threads and connections go to what is most urgent, and one message asks for all that a peer has.
    compute(core);
    settle(core);
    communicate(core);
    settle(core);
    const { instructions } = core;
    core.instructions = [];
    return instructions;
  }
}
