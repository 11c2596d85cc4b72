/** Opcodes of pickle that may come before the bytes which are looked for, and how many bytes follow each. */
const SKIPPED: ReadonlyMap<number, number> = new Map([
  [0x80, 1], // PROTO
  [0x95, 8], // FRAME
  [0x94, 0], // MEMOIZE
  [0x93, 0], // STACK_GLOBAL
  [0x28, 0], // MARK
  [0x68, 1], // BINGET
  [0x6a, 4], // LONG_BINGET
]);
const SHORT_BINUNICODE = 0x8c;
const BINUNICODE = 0x58;
const SHORT_BINBYTES = 0x43;
const BINBYTES = 0x42;

/**
 * The first bytes object that a pickle of protocol 5 holds, in place; undefined where something comes before that is neither text nor a name, such as
 * the place of a buffer that was left out. Nothing is unpickled.
 */
export function firstBytes(pickle: Buffer): Uint8Array | undefined {
  for (let at = 0; at < pickle.length; ) {
    const opcode = pickle[at]!;
    const skipped = SKIPPED.get(opcode);
    if (skipped !== undefined) {
      at += 1 + skipped;
      continue;
    }
    const short = opcode === SHORT_BINUNICODE || opcode === SHORT_BINBYTES;
    if (!short && opcode !== BINUNICODE && opcode !== BINBYTES) return undefined;
    const begin = at + (short ? 2 : 5);
    if (begin > pickle.length) return undefined;
    const end = begin + (short ? pickle[at + 1]! : pickle.readUInt32LE(at + 1));
    if (opcode === SHORT_BINBYTES || opcode === BINBYTES)
      return end <= pickle.length ? pickle.subarray(begin, end) : undefined;
    at = end;
  }
  return undefined;
}
