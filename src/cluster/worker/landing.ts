import type { LocalEngine } from '../../engine/index.js';
import { describesBlock, type Placing } from '../wire/index.js';

/** Memory for blocks of messages: what is read there and put into the store need not be copied. Of the others it is given back in the end. */
export class Landing implements Disposable {
  private readonly spaces: Uint8Array[] = [];

  constructor(private readonly engine: Pick<LocalEngine, 'reserve' | 'unreserve'>) {}

  readonly placing: Placing = (bytes, before) => {
    const header = before.at(-1);
    if (header === undefined || !describesBlock(header, bytes)) return undefined;
    const space = this.engine.reserve(bytes);
    if (space !== undefined) this.spaces.push(space);
    return space;
  };

  /** When nothing is read there any more, and what came is where it belongs. */
  [Symbol.dispose](): void {
    for (const space of this.spaces) this.engine.unreserve(space);
  }
}
