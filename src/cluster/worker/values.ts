import { SpillStore } from '../../engine/disk/store.js';
import type { LocalEngine } from '../../engine/index.js';
import type { Key } from '../../graph/task.js';
import { decodeValue, encodeValue } from '../wire/index.js';
import type { HeldResult } from './state/index.js';

/** Smaller values stay: a file costs more than they free. */
const LEAST = 2 ** 16;

interface Away {
  readonly file: number;
  readonly fileBytes: number;
  readonly what: HeldResult;
  back: Promise<void> | undefined;
}

/**
 * Plain values that go to disk where memory is short for what is not in blocks; blocks the engine moves by itself. What is not here must be
 * recalled before a task or a message reads it.
 */
export class ValueSpill {
  private readonly files: SpillStore;
  private lastFile = 0;
  /** Values that may go, the one that was not used for longest first. */
  private readonly here = new Map<Key, HeldResult>();
  /** Values that are being written. */
  private readonly leaving = new Map<Key, HeldResult>();
  private readonly away = new Map<Key, Away>();
  private spilling = false;

  constructor(private readonly engine: LocalEngine) {
    this.files = new SpillStore(engine.settings.spillDirectory);
    engine.onDispose(() => this.files.close());
  }

  /** Bytes on disk; and what the values took in memory, about. */
  get bytes(): { readonly disk: number; readonly memory: number } {
    let disk = 0;
    let memory = 0;
    for (const { fileBytes, what } of this.away.values()) {
      disk += fileBytes;
      memory += what.nbytes;
    }
    return { disk, memory };
  }

  /** What is on disk of this name; undefined where nothing is. */
  describe(key: Key): HeldResult | undefined {
    return this.away.get(key)?.what;
  }

  /** A plain value is held from now on, or is read. */
  used(key: Key, what: HeldResult | undefined = this.here.get(key)): void {
    this.here.delete(key);
    if (what !== undefined && what.nbytes >= LEAST) this.here.set(key, what);
  }

  /** A value is given up. Says whether it was on disk. */
  forget(key: Key): boolean {
    this.here.delete(key);
    this.leaving.delete(key);
    const away = this.away.get(key);
    if (away === undefined) return false;
    this.away.delete(key);
    this.files.remove(away.file);
    return true;
  }

  /** Whether all these can be read at once. */
  areHere(keys: readonly Key[]): boolean {
    return keys.every((key) => !this.away.has(key));
  }

  /** Reads back what is on disk of these. @throws SpillError where a file cannot be read */
  async recall(keys: readonly Key[]): Promise<void> {
    await Promise.all(
      keys.map((key) => {
        const away = this.away.get(key);
        if (away !== undefined) away.back ??= this.readBack(key, away);
        return away?.back;
      }),
    );
  }

  /**
   * Moves values to disk, those that were not used for longest first, until those gone took so many bytes, about.
   * @returns whether any went
   * @throws SpillError where one cannot be written: it stays
   */
  async spill(bytes: number): Promise<boolean> {
    if (this.spilling) return false;
    this.spilling = true;
    let freed = 0;
    try {
      for (const [key, what] of [...this.here]) {
        if (freed >= bytes) break;
        if (await this.moveAway(key, what)) freed += what.nbytes;
      }
    } finally {
      this.spilling = false;
    }
    return freed > 0;
  }

  private async moveAway(key: Key, what: HeldResult): Promise<boolean> {
    const held = this.engine.held(key);
    if (held === undefined || !('value' in held) || !this.here.delete(key)) return false;
    let encoded: Uint8Array;
    try {
      encoded = encodeValue(held.value);
    } catch {
      // What only threads of one process can pass between them stays here.
      return false;
    }
    const file = ++this.lastFile;
    this.leaving.set(key, what);
    try {
      await this.files.write(file, encoded);
    } catch (error) {
      if (this.leaving.delete(key)) this.used(key, what);
      throw error;
    }
    if (!this.leaving.delete(key)) {
      // It was given up meanwhile.
      this.files.remove(file);
      return false;
    }
    // What reads it at this moment still has it.
    this.away.set(key, { file, fileBytes: encoded.length, what, back: undefined });
    this.engine.release([key]);
    return true;
  }

  private async readBack(key: Key, away: Away): Promise<void> {
    const bytes = new Uint8Array(away.fileBytes);
    await this.files.read(away.file, bytes);
    if (this.away.get(key) !== away) return;
    await this.engine.supply(key, { value: decodeValue(bytes) });
    if (this.away.get(key) !== away) {
      // Given up while it came.
      this.engine.release([key]);
      return;
    }
    this.away.delete(key);
    this.files.remove(away.file);
    this.used(key, away.what);
  }
}
