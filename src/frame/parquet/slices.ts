import { FrameError } from '../errors.js';
import { footerBytes } from './footer.js';
import { CompactReader, type Fields, type Written, writeStruct } from './thrift.js';

/** Row groups of files put together as files of their own: pages stay as they are, only where they lie is said anew. */

/** A file of which row groups can be taken: uncompressed, of rows that go to parts, sorted by these. */
export interface SlicedFile {
  readonly path: string;
  /** The footer up to the schema, and it. */
  readonly head: Buffer;
  readonly leaves: readonly Leaf[];
  /** Of each row group in turn its rows, where it begins and ends, and `VALUES` numbers for each leaf. Plain objects would take far more memory. */
  readonly groups: Float64Array;
  /** Of each part the first row group that has rows of it, and the one behind the last. */
  readonly parts: readonly (readonly [from: number, to: number])[];
}

interface Leaf {
  readonly physical: number;
  readonly path: readonly string[];
}

/** Of a row group: rows, begin, end. */
const OWN = 3;
/** Of a leaf in it: values, bytes, where its data begin and where its dictionary (0: it has none). */
const VALUES = 4;

/** Some row groups of a file. */
export interface Slice {
  readonly file: SlicedFile;
  readonly from: number;
  readonly to: number;
}

/** Bytes, or where they lie. */
export type Segment = Uint8Array | { readonly path: string; readonly from: number; readonly bytes: number };

/**
 * Reads which row groups of a file have rows of each part.
 *
 * @param column where the part of a row stands, as a number from 0
 * @throws FrameError where it is no file that DuckDB wrote so
 */
export function readSliced(path: string, column: string, parts: number): SlicedFile {
  const bytes = footerBytes(path);
  const reader = new CompactReader(bytes);
  reader.pass(2);
  const head = Buffer.from(bytes.subarray(0, reader.at));
  const groups = new CompactReader(bytes).struct().list(4) as readonly Fields[];
  const chunksOf = (group: Fields): Fields[] => group.list(1).map((chunk) => (chunk as Fields).struct(3));
  const leaves = groups.length > 0 ? chunksOf(groups[0]!).map(leafOf) : [];
  const numbers = new Float64Array(groups.length * (OWN + leaves.length * VALUES));
  const ranges: [number, number][] = Array.from({ length: parts }, () => [0, 0]);
  let at = 0;
  for (const [i, group] of groups.entries()) {
    const chunks = chunksOf(group);
    const starts = chunks.map((chunk) => chunk.number(11) || chunk.number(9));
    const ends = chunks.map((chunk, n) => starts[n]! + chunk.number(7));
    numbers.set([group.number(3), Math.min(...starts), Math.max(...ends)], at);
    at += OWN;
    for (const chunk of chunks) {
      numbers.set([chunk.number(5), chunk.number(7), chunk.number(9), chunk.number(11)], at);
      at += VALUES;
    }
    const [least, most] = boundsOf(chunks[leaves.findIndex((leaf) => leaf.path.join() === column)], path);
    for (const range of ranges.slice(least, most + 1)) {
      if (range[1] === 0) range[0] = i;
      range[1] = i + 1;
    }
  }
  return { path, head, leaves, groups: numbers, parts: ranges };
}

const leafOf = (chunk: Fields): Leaf => ({
  physical: chunk.number(1),
  path: chunk.list(3).map((part) => Buffer.from(part as Uint8Array).toString('utf8')),
});

/** The least and the greatest of the integers of a column in a row group. */
function boundsOf(chunk: Fields | undefined, path: string): readonly [number, number] {
  const [least, most] = [6, 5].map((field) => chunk?.struct(12).bytes(field));
  if (least?.length !== 4 || most?.length !== 4)
    throw new FrameError(`${path} does not say which parts its row groups are of`);
  return [Buffer.from(least).readInt32LE(0), Buffer.from(most).readInt32LE(0)];
}

export const sliceOf = (file: SlicedFile, part: number): Slice => {
  const [from, to] = file.parts[part]!;
  return { file, from, to };
};

/** Slices put together, those of one schema in a file: of each the bytes one after another. */
export function joinSlices(slices: readonly Slice[]): readonly (readonly Segment[])[] {
  const schemas = new Map<string, Slice[]>();
  for (const slice of slices) {
    if (slice.from === slice.to) continue;
    const schema = slice.file.head.toString('latin1');
    const same = schemas.get(schema);
    if (same) same.push(slice);
    else schemas.set(schema, [slice]);
  }
  return [...schemas.values()].map(joined);
}

const MAGIC = Buffer.from('PAR1', 'latin1');

function joined(slices: readonly Slice[]): readonly Segment[] {
  const segments: Segment[] = [MAGIC];
  const groups: Written[] = [];
  let at = MAGIC.length;
  let rows = 0;
  for (const { file, from, to } of slices) {
    const { path, leaves, groups: numbers } = file;
    const width = OWN + leaves.length * VALUES;
    const start = numbers[from * width + 1]!;
    const bytes = numbers[(to - 1) * width + 2]! - start;
    for (let group = from; group < to; group++) {
      const own = numbers.subarray(group * width, (group + 1) * width);
      groups.push(groupOf(own, leaves, at - start));
      rows += own[0]!;
    }
    segments.push({ path, from: start, bytes });
    at += bytes;
  }
  const { head } = slices[0]!.file;
  const rest = writeStruct(
    [
      [3, { i64: rows }],
      [4, { structs: groups }],
      [6, { text: 'tilework' }],
    ],
    2,
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + rest.length);
  return [...segments, head, rest, length, MAGIC];
}

/** A row group whose bytes have moved. */
function groupOf(numbers: Float64Array, leaves: readonly Leaf[], moved: number): Written {
  const [rows, start, end] = numbers as unknown as readonly [number, number, number];
  const chunks = leaves.map(({ physical, path }, leaf): Written => {
    const [values, bytes, data, dictionary] = numbers.subarray(OWN + leaf * VALUES) as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    return [
      [2, { i64: data + moved }],
      [
        3,
        {
          struct: [
            [1, { i32: physical }],
            // Pages say which encoding each has; these are the ones there may be: plain, runs, dictionary.
            [2, { numbers: [0, 3, 8] }],
            [3, { texts: path }],
            [4, { i32: 0 }],
            [5, { i64: values }],
            [6, { i64: bytes }],
            [7, { i64: bytes }],
            [9, { i64: data + moved }],
            ...(dictionary > 0 ? ([[11, { i64: dictionary + moved }]] as const) : []),
          ],
        },
      ],
    ];
  });
  return [
    [1, { structs: chunks }],
    [2, { i64: end - start }],
    [3, { i64: rows }],
  ];
}
