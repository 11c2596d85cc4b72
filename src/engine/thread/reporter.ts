import { FAILED, REVOKED, type ReportMessage, SECEDED, SKIPPED } from '../messages.js';
import { toWire, type WireError } from '../wire-error.js';

interface Entry {
  outcome: number;
  /** A finished value task. */
  hasValue: boolean;
  value: unknown;
}

/** Gathers what became of tasks, and sends it in one message. */
export class Reporter {
  private entries: Entry[] = [];
  private errors: WireError[] = [];
  private shapes: [number, readonly (readonly number[])[]][] = [];

  constructor(private readonly post: (message: ReportMessage) => void) {}

  finished(milliseconds: number): void {
    this.entries.push({ outcome: milliseconds, hasValue: false, value: undefined });
  }

  finishedWith(milliseconds: number, value: unknown): void {
    this.entries.push({ outcome: milliseconds, hasValue: true, value });
  }

  shrunk(milliseconds: number, shapes: readonly (readonly number[])[]): void {
    this.shapes.push([this.entries.length, shapes]);
    this.finished(milliseconds);
  }

  failed(thrown: unknown): void {
    this.errors.push(toWire(thrown));
    this.entries.push({ outcome: FAILED, hasValue: false, value: undefined });
  }

  skipped(): void {
    this.entries.push({ outcome: SKIPPED, hasValue: false, value: undefined });
  }

  revoked(): void {
    this.entries.push({ outcome: REVOKED, hasValue: false, value: undefined });
  }

  seceded(): void {
    this.entries.push({ outcome: SECEDED, hasValue: false, value: undefined });
  }

  /** Tasks that never came. */
  void(count: number): void {
    for (let i = 0; i < count; i++) this.revoked();
    this.flush();
  }

  flush(): void {
    if (this.entries.length === 0) return;
    const { entries } = this;
    try {
      this.post(this.message());
    } catch (error) {
      // A value that cannot be cloned: its task failed, not its neighbours.
      if (!this.failUncloneable()) throw error;
      this.post(this.message());
    }
    entries.length = 0;
    this.errors = [];
    this.shapes = [];
  }

  private message(): ReportMessage {
    const { entries } = this;
    const outcomes = new Float64Array(entries.length);
    const values: unknown[] = [];
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      outcomes[i] = entry.outcome;
      if (entry.hasValue) values.push(entry.value);
    }
    return { outcomes, values, errors: this.errors, shapes: this.shapes };
  }

  private failUncloneable(): boolean {
    const errors: WireError[] = [];
    const before = this.errors;
    let seen = 0;
    for (const entry of this.entries) {
      if (entry.outcome === FAILED) errors.push(before[seen++]!);
      if (!entry.hasValue) continue;
      try {
        structuredClone(entry.value);
      } catch (cause) {
        entry.hasValue = false;
        entry.value = undefined;
        entry.outcome = FAILED;
        errors.push(
          toWire(
            new TypeError(
              `the value of the task cannot be sent to another thread: ${(cause as Error).message}`,
              {
                cause,
              },
            ),
          ),
        );
      }
    }
    this.errors = errors;
    return errors.length > seen;
  }
}
