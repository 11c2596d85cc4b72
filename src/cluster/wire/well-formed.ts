import { WireError } from './errors.js';

/** How deep values may be nested, in what is sent and in what is taken. */
export const MAX_DEPTH = 200;

/**
 * Checks that bytes are one complete msgpack value, not nested too deep, before a decoder allocates what their headers claim.
 *
 * @returns whether there are byte strings in it
 * @throws WireError saying what is wrong and where
 */
export function checkMsgpack(bytes: Uint8Array, what: string): { readonly binary: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values still to come, a number a level. */
  const left = [1];
  let at = 0;
  let binary = false;
  const need = (n: number): number => {
    const from = at;
    at += n;
    if (at > bytes.length)
      throw new WireError(`${what} is cut short: its byte ${from} asks for ${n} more, of ${bytes.length}`);
    return from;
  };
  const open = (count: number): void => {
    if (count === 0) return;
    if (count > bytes.length - at)
      throw new WireError(`${what} claims ${count} values in ${bytes.length - at} bytes`);
    if (left.length >= MAX_DEPTH) throw new WireError(`${what} is nested more than ${MAX_DEPTH} deep`);
    left.push(count);
  };
  while (left.length > 0) {
    if (left.at(-1) === 0) {
      left.pop();
      continue;
    }
    left[left.length - 1]!--;
    const head = bytes[need(1)]!;
    if (head >= 0xc4 && head <= 0xc6) binary = true;
    if (head < 0x80 || head >= 0xe0) continue;
    if (head < 0x90) open(2 * (head & 15));
    else if (head < 0xa0) open(head & 15);
    else if (head < 0xc0) need(head & 31);
    else {
      const kind = KINDS[head - 0xc0]!;
      if (kind === 'never') throw new WireError(`${what} is no msgpack: byte ${at - 1} is ${head}`);
      if (typeof kind === 'number') {
        need(kind);
        continue;
      }
      const size = kind.width;
      const from = need(size);
      const count = size === 1 ? bytes[from]! : size === 2 ? view.getUint16(from) : view.getUint32(from);
      if (kind.of === 'bytes') need(count);
      else if (kind.of === 'ext') need(count + 1);
      else open(kind.of === 'map' ? 2 * count : count);
    }
  }
  if (at !== bytes.length)
    throw new WireError(`${what} goes on after its end, at byte ${at} of ${bytes.length}`);
  return { binary };
}

type Kind = 'never' | number | { readonly width: 1 | 2 | 4; readonly of: 'bytes' | 'ext' | 'array' | 'map' };

const counted = (width: 1 | 2 | 4, of: 'bytes' | 'ext' | 'array' | 'map'): Kind => ({ width, of });

/** What follows the first byte, from 0xc0 to 0xdf: so many bytes, or a count of what comes. */
const KINDS: readonly Kind[] = [
  ...([0, 'never', 0, 0] as const),
  ...[counted(1, 'bytes'), counted(2, 'bytes'), counted(4, 'bytes')],
  ...[counted(1, 'ext'), counted(2, 'ext'), counted(4, 'ext')],
  ...[4, 8],
  ...[1, 2, 4, 8],
  ...[1, 2, 4, 8],
  ...[2, 3, 5, 9, 17],
  ...[counted(1, 'bytes'), counted(2, 'bytes'), counted(4, 'bytes')],
  ...[counted(2, 'array'), counted(4, 'array')],
  ...[counted(2, 'map'), counted(4, 'map')],
];
