import { viewOf } from '../kernels/dtype.js';
import { EngineError } from './errors.js';
import { type Allocation, ARENA_BYTES } from './memory/arena.js';
import type { GiveBack } from './memory/give-back.js';
import type { Block, Result } from './op.js';
import type { Place, TaskRecord } from './state/records.js';

const WASM_PAGE = 65_536;

/** The memory behind the arenas. Only pages that are written to are resident. */
export class Arenas {
  readonly memories: WebAssembly.Memory[] = [];

  make(index: number, bytes: number): void {
    const pages = Math.min(ARENA_BYTES, bytes) / WASM_PAGE;
    try {
      this.memories[index] = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      throw new EngineError(`the system does not give ${bytes} bytes of address space for blocks`, { cause });
    }
  }

  /** All bytes of a place that is in memory. */
  bytesOf(place: Place): Uint8Array {
    return this.bytesAt(place.allocation!, place.bytes);
  }

  /** The first bytes of an allocation. */
  bytesAt({ arena, address }: Allocation, bytes: number): Uint8Array {
    return new Uint8Array(this.memories[arena.index]!.buffer, address, bytes);
  }

  /** Gives pages that no block lies in back to the system. */
  discard(index: number, address: number, bytes: number, by: GiveBack['discard']): void {
    const most = 2 ** 30;
    for (let done = 0; done < bytes; done += most)
      by(new Uint8Array(this.memories[index]!.buffer, address + done, Math.min(most, bytes - done)));
  }

  /** A finished result that is in memory, as users see it. */
  resultOf(record: TaskRecord): Result {
    const { place, value } = record;
    if (place === undefined) return { value };
    const { arena, address } = place.allocation!;
    const { buffer } = this.memories[arena.index]!;
    const blocks = place.blocks.map(({ dtype, shape, offset }): Block => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      return { dtype, shape, data: viewOf(dtype, buffer, address + offset, length) };
    });
    return { blocks };
  }
}
