import { DTYPES, type DType } from '../kernels/dtype.js';
import {
  type BatchMessage,
  INPUT_AHEAD,
  INPUT_BLOCKS,
  INPUT_STAGED,
  INPUT_VALUE,
  type LayerMessage,
} from './messages.js';
import type { BlockPlace, TaskRecord } from './state/records.js';

const CODES: Readonly<Record<DType, number>> = Object.fromEntries(DTYPES.map((d, i) => [d, i])) as Record<
  DType,
  number
>;

/**
 * Writes batches. All numbers of a batch go into one array, and all else into a few: cloning many small objects is what
 * would make messages slow.
 */
export class BatchEncoder {
  private code = new Float64Array(4096);
  private length = 0;

  /** @param known layers that the thread has met; added to */
  encode(tasks: readonly TaskRecord[], sequence: number, known: Set<number>): BatchMessage {
    this.length = 0;
    const keys: string[] = [];
    const params: unknown[] = [];
    const values: unknown[] = [];
    const layers: LayerMessage[] = [];
    for (const record of tasks) {
      const { layer, task } = record;
      if (!known.has(layer.id)) {
        known.add(layer.id);
        layers.push({ id: layer.id, op: layer.op, common: layer.common });
      }
      keys.push(task.key);
      params.push(task.params);
      this.task(record, values);
    }
    const code = this.code.slice(0, this.length);
    return { kind: 'run', sequence, count: tasks.length, layers, keys, params, values, code };
  }

  private task(record: TaskRecord, values: unknown[]): void {
    const { inputs, place, scratch } = record;
    this.put(record.layer.id);
    this.put(arenaOf(record));
    this.put(inputs.length);
    for (const input of inputs) this.input(record, input, values);
    if (place === undefined) {
      this.put(0);
    } else {
      this.put(place.blocks.length);
      for (const block of place.blocks) this.block(block, place.allocation!.address);
    }
    this.put(scratch === undefined ? 0 : scratch.address);
    this.put(record.task.scratch ?? 0);
  }

  private input(record: TaskRecord, input: TaskRecord, values: unknown[]): void {
    if (input.status !== 'done') {
      this.put(INPUT_AHEAD);
      this.put(input.batchIndex);
      return;
    }
    const { place } = input;
    if (place === undefined) {
      this.put(INPUT_VALUE);
      values.push(input.value);
      return;
    }
    const { arena, address } = place.allocation!;
    let at = address;
    const staged = record.staged.find((copy) => copy.input === input);
    if (staged === undefined) {
      this.put(INPUT_BLOCKS);
    } else {
      at = staged.allocation.address;
      this.put(INPUT_STAGED);
      this.put(arena.index);
      this.put(address);
      this.put(place.bytes);
      this.put(at);
    }
    this.put(place.blocks.length);
    for (const block of place.blocks) this.block(block, at);
  }

  private block(block: BlockPlace, base: number): void {
    this.put(CODES[block.dtype]);
    this.put(base + block.offset);
    this.put(block.shape.length);
    for (const extent of block.shape) this.put(extent);
  }

  private put(number: number): void {
    if (this.length === this.code.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.code);
      this.code = larger;
    }
    this.code[this.length++] = number;
  }
}

/** The arena that holds all blocks of a task, -1 where it has none. */
function arenaOf(record: TaskRecord): number {
  if (!record.heavy) return -1;
  const { place, scratch, staged } = record;
  const own = place?.allocation ?? scratch ?? staged[0]?.allocation;
  if (own !== undefined) return own.arena.index;
  for (const input of record.inputs)
    if (input.place !== undefined) return input.place.allocation!.arena.index;
  return -1;
}
