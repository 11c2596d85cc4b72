import { varint } from './thrift.js';

/**
 * Numbers of a few bits as Parquet packs them: runs of one value, and groups of eight packed bit by bit. Reads `count` of them;
 * returns whether all are the same, which a reader may then not look at one by one.
 */
export function readLevels(
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: number,
  into: Uint8Array | Int32Array,
  from: number,
  count: number,
): boolean {
  let at = start;
  let to = from;
  const last = from + count;
  let same = true;
  while (to < last) {
    let head = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || at > end) throw new RangeError('a page of a Parquet file is cut short');
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
      shift += 7;
    }
    if (head % 2 === 0) {
      let value = 0;
      for (let shifted = 0; shifted < bits; shifted += 8) value |= bytes[at++]! << shifted;
      const run = Math.min(last, to + head / 2);
      if (to > from && into[from] !== value) same = false;
      into.fill(value, to, run);
      to = run;
    } else {
      same = false;
      const mask = bits === 32 ? -1 : (1 << bits) - 1;
      const stop = at + Math.floor(head / 2) * bits;
      const until = Math.min(last, to + Math.floor(head / 2) * 8);
      if (bits === 1) {
        for (let bit = 0; to < until; to++, bit++) into[to] = (bytes[at + (bit >> 3)]! >> (bit & 7)) & 1;
      } else {
        let held = 0;
        let have = 0;
        for (; to < until; to++) {
          // At most 24 bits and a byte are held at once: wider ones are put together from two.
          let value = 0;
          let got = 0;
          while (got < bits) {
            if (have === 0) {
              held = bytes[at++]!;
              have = 8;
            }
            const take = Math.min(have, bits - got);
            value |= (held & ((1 << take) - 1)) << got;
            held >>= take;
            have -= take;
            got += take;
          }
          into[to] = value & mask;
        }
      }
      at = stop;
    }
  }
  return same;
}

/** Levels as one run, where all are the same, or packed bit by bit. */
export function packLevels(levels: Uint8Array, count: number, bits: number): Uint8Array {
  const first = count > 0 ? levels[0]! : 0;
  let same = true;
  for (let i = 1; i < count && same; i++) same = levels[i] === first;
  const head: number[] = [];
  if (same) {
    varint(head, count * 2);
    head.push(first);
    return Uint8Array.from(head);
  }
  const groups = Math.ceil(count / 8);
  varint(head, groups * 2 + 1);
  const packed = new Uint8Array(head.length + groups * bits);
  packed.set(head);
  let bit = head.length * 8;
  for (let i = 0; i < count; i++, bit += bits) {
    const value = levels[i]!;
    const byte = bit >> 3;
    const shifted = value << (bit & 7);
    packed[byte]! |= shifted & 255;
    if ((bit & 7) + bits > 8) packed[byte + 1]! |= shifted >> 8;
  }
  return packed;
}

export const bitsOf = (most: number): number => 32 - Math.clz32(most);
