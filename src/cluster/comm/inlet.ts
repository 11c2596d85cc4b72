import type { OnReadOpts } from 'node:net';
import { FrameDecoder } from '../wire/index.js';

/** What is short is read in such pieces. */
const PIECE = 1 << 16;

/** Takes bytes that have come; `messages` gives what they complete, or throws a WireError. */
export type Take = (bytes: Uint8Array, messages: () => Uint8Array[][]) => void;

/** How a socket reads messages: long frames go from the system straight into the memory where they are to lie. */
export class Inlet {
  readonly decoder = new FrameDecoder();
  /** Set within the turn of the event loop in which the socket connects: nothing is read before the next. */
  take: Take | undefined;
  private readonly piece = new Uint8Array(PIECE);
  /** Where the system puts what comes next, unless that is `piece`. */
  private space: Uint8Array | undefined;

  /** For the socket, which must not be read in another way. */
  readonly onread: OnReadOpts = {
    buffer: () => {
      this.space = this.decoder.space();
      return this.space ?? this.piece;
    },
    callback: (bytes) => {
      const { decoder, space } = this;
      if (space !== undefined) {
        this.take?.(space.subarray(0, bytes), () => decoder.filled(bytes));
      } else {
        // A copy: frames are views of it, and the piece is read into again.
        const chunk = this.piece.slice(0, bytes);
        this.take?.(chunk, () => decoder.push(chunk));
      }
      return true;
    },
  };
}
