import { deserialize, serialize } from 'node:v8';
import { detached } from '../../engine/detached.js';

/**
 * The elements of a partition as bytes, in which they stay between tasks: threads share them without a copy, the main thread never makes objects of
 * them, and a cluster's worker knows how many they are.
 *
 * @throws TypeError naming the element that is no plain data
 */
export function pack(list: readonly unknown[]): SharedArrayBuffer {
  return shared(serialize(detached(list)));
}

/** The elements of a partition. @param packed what `pack` made, or that as it comes over a network */
export function unpack(packed: unknown): unknown[] {
  return deserialize(bytesOf(packed)) as unknown[];
}

/** Several lists, one behind another, of which each can be taken by itself. */
export interface Pieces {
  readonly bytes: SharedArrayBuffer;
  /** Where each ends. */
  readonly ends: readonly number[];
}

export function packPieces(lists: readonly (readonly unknown[])[]): Pieces {
  const all = lists.map((list) => serialize(detached(list)));
  let end = 0;
  const ends = all.map((piece) => {
    end += piece.length;
    return end;
  });
  return { bytes: shared(Buffer.concat(all)), ends };
}

/** One of several lists, still packed. */
export const pieceOf = ({ bytes, ends }: Pieces, i: number): SharedArrayBuffer =>
  shared(bytesOf(bytes).subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!));

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function bytesOf(packed: unknown): Uint8Array {
  return ArrayBuffer.isView(packed)
    ? new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength)
    : new Uint8Array(packed as ArrayBuffer);
}
