const KEPT = 4096;

/**
 * The texts of a column, read from DuckDB's 16-byte headers: of up to 12 bytes they stand in those. Such short texts are kept in a small
 * table by their bytes, so that values which come again and again are decoded once, and are one string in memory.
 */
export class TextReader {
  /** Length and three words of bytes of each text kept. */
  private readonly keys = new Int32Array(KEPT * 4).fill(-1);
  private readonly kept = new Array<string>(KEPT);

  /** Fills in the texts of a vector from a row on; `long` gives those that do not stand in their header. */
  read(
    headers: DataView,
    count: number,
    isValid: ((row: number) => boolean) | undefined,
    long: (row: number) => unknown,
    into: unknown[],
    at: number,
  ): void {
    const words = new Int32Array(headers.buffer, headers.byteOffset, count * 4);
    const bytes = Buffer.from(headers.buffer, headers.byteOffset, count * 16);
    const { keys, kept } = this;
    for (let row = 0; row < count; row++) {
      if (isValid && !isValid(row)) {
        into[at + row] = null;
        continue;
      }
      const word = row * 4;
      const length = words[word]!;
      if (length > 12 || length < 0) {
        into[at + row] = long(row);
        continue;
      }
      // Bytes behind the text are zeros.
      const a = words[word + 1]!;
      const b = words[word + 2]!;
      const c = words[word + 3]!;
      const hash = Math.imul(Math.imul(Math.imul(a, 31) + b, 0x9e3779b1 | 0) + c + length, 0x85ebca6b | 0);
      const slot = (hash >>> 20) & (KEPT - 1);
      const key = slot * 4;
      if (keys[key] === length && keys[key + 1] === a && keys[key + 2] === b && keys[key + 3] === c) {
        into[at + row] = kept[slot]!;
        continue;
      }
      const from = row * 16 + 4;
      const text = bytes.toString('utf8', from, from + length);
      keys[key] = length;
      keys[key + 1] = a;
      keys[key + 2] = b;
      keys[key + 3] = c;
      kept[slot] = text;
      into[at + row] = text;
    }
  }
}
