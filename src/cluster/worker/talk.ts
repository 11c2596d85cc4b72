import type { StreamMessage } from '../comm/index.js';
import type { SchedulerLink } from './link.js';
import type { Log } from './log.js';
import { eventOf } from './scheduler-messages.js';
import type { Timers } from './timers.js';
import type { Told } from './work.js';

const KEEP_ALIVE_MS = 25_000;

/** What a worker that takes part in the cluster may do. */
export type Status = 'running' | 'paused' | 'closing_gracefully';

export interface TalkEvents {
  /** Something of tasks. */
  told(event: Told, stimulus: unknown): void;
  /** The worker is to do more, or less. */
  become(status: Status): void;
  /** The worker is to close. */
  dismissed(reason: unknown): void;
  /** The scheduler does not know this worker (any more). */
  unknown(): void;
  /** The connection has ended. */
  lost(error: Error): void;
  /** What a heartbeat says. */
  heartbeat(): object;
  isClosing(): boolean;
}

/** What scheduler and worker say to each other from the time that it has joined: messages as they come, and heartbeats. */
export class Talk {
  constructor(
    private readonly link: SchedulerLink,
    private readonly timers: Timers,
    private readonly log: Log,
    private readonly events: TalkEvents,
  ) {}

  /** @param interval seconds until the first heartbeat */
  begin(interval: number): void {
    void this.listen();
    void this.beat(interval);
    this.timers.every(KEEP_ALIVE_MS, () => this.link.send({ op: 'keep-alive' }));
  }

  private async listen(): Promise<void> {
    try {
      for await (const batch of this.link.batches()) for (const message of batch) this.take(message);
    } catch (error) {
      this.events.lost(error as Error);
    }
  }

  private take(message: StreamMessage): void {
    const { events } = this;
    const event = eventOf(message);
    if (event !== undefined) {
      events.told(event, event.stimulus);
    } else if (message.op === 'close') {
      events.dismissed(message.reason);
    } else if (message.op === 'worker-status-change') {
      const { status } = message;
      if (status === 'running' || status === 'paused' || status === 'closing_gracefully')
        events.become(status);
    } else {
      this.log.warn(`the scheduler sent ${JSON.stringify(message.op)}, which means nothing here`);
    }
  }

  private async beat(interval: number): Promise<void> {
    const next = (seconds: number): void => this.timers.later(1_000 * seconds, () => void this.beat(seconds));
    try {
      const answer = await this.link.heartbeat(this.events.heartbeat());
      if (answer === 'missing') this.events.unknown();
      else next(answer);
    } catch (error) {
      // The stream tells whether the scheduler is gone.
      if (!this.events.isClosing()) this.log.warn(`heartbeat: ${(error as Error).message}`);
      next(interval);
    }
  }
}
