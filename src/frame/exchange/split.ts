import { formatBytes } from '../../watch/progress.js';
import { partsOf } from '../plan/holding.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { DatabaseSource, FileInfo, FileSource } from '../plan/source.js';
import { inputsOf } from '../plan/walk.js';
import type { Facts } from './facts.js';

/** A boundary of a row group is taken where it is no further from the wanted row than this share of a partition. */
const NEAR = 0.25;

/** A scan in `parts` scans of consecutive rows (or fewer, where its files cannot be cut). */
export function splitScan(node: ScanNode, parts: number, facts: Facts): readonly ScanNode[] {
  const { source } = node;
  switch (source.from) {
    case 'memory': {
      const [from, to] = source.range ?? [0, source.table.rows];
      return ranges(to - from, parts).map(([a, b]) =>
        Object.freeze({ ...node, source: { ...source, range: [from + a, from + b] as const } }),
      );
    }
    case 'files': {
      if (parts === 1) return [node];
      const types = source.files.length > 1 ? facts.scanTypes.get(node) : undefined;
      const scan = (files: readonly FileInfo[]): ScanNode => {
        const absent = absentOf(source.files, files);
        return Object.freeze({
          ...node,
          source: Object.freeze({
            ...source,
            files,
            ...(types && { types }),
            ...(absent.length > 0 && { absent }),
          }),
        });
      };
      const groups =
        source.format === 'parquet' ? splitRows(source, parts, facts) : splitFiles(source.files, parts);
      return groups.map(scan);
    }
    case 'database': {
      const rows = facts.tableRows.get(node);
      if (parts === 1 || rows === undefined) return [node];
      // Where rows were deleted ids go further than rows.
      return ranges(rows, parts).map(([from, to], i): ScanNode => {
        const range: DatabaseSource['range'] = i === parts - 1 ? [from] : [from, to];
        return Object.freeze({ ...node, source: Object.freeze({ ...source, range }) });
      });
    }
    case 'tasks':
    case 'shared':
    case 'array':
    case 'held':
    case 'delayed':
      return [node];
  }
}

const ranges = (rows: number, parts: number): readonly (readonly [number, number])[] =>
  Array.from({ length: parts }, (_, i) => [
    Math.floor((rows * i) / parts),
    Math.floor((rows * (i + 1)) / parts),
  ]);

/** Columns of some files that none of a few of them has. */
function absentOf(all: readonly FileInfo[], few: readonly FileInfo[]): readonly string[] {
  // As DuckDB finds columns, whatever their case.
  const there = new Set(few.flatMap(({ columns = [] }) => columns.map((name) => name.toLowerCase())));
  return [...new Set(all.flatMap(({ columns = [] }) => columns))].filter(
    (name) => !there.has(name.toLowerCase()),
  );
}

/** Whole files, about equal in bytes. */
function splitFiles(files: readonly FileInfo[], parts: number): readonly (readonly FileInfo[])[] {
  if (files.some(({ range }) => range)) return [files];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const groups: FileInfo[][] = [];
  let before = 0;
  let last = -1;
  for (const file of files) {
    const part = Math.min(parts - 1, Math.floor(((before + file.bytes / 2) / Math.max(1, total)) * parts));
    if (part === last) groups.at(-1)!.push(file);
    else groups.push([file]);
    last = part;
    before += file.bytes;
  }
  return groups;
}

/** Ranges of rows, at boundaries of row groups where they are near. */
function splitRows(source: FileSource, parts: number, facts: Facts): readonly (readonly FileInfo[])[] {
  const files = source.files.map((file) => {
    const groups = facts.rowGroups.get(file.path);
    const rows = groups?.reduce((sum, n) => sum + n, 0) ?? file.rows;
    return { file, rows, groups };
  });
  if (files.some(({ rows, file }) => rows === undefined || file.range))
    return splitFiles(source.files, parts);
  const starts: number[] = [];
  let total = 0;
  for (const { rows, groups } of files) {
    let at = total;
    for (const group of groups ?? []) {
      starts.push(at);
      at += group;
    }
    total += rows!;
  }
  const reach = (total / parts) * NEAR;
  const cuts = ranges(total, parts).map(([from], i) => (i === 0 ? 0 : nearest(starts, from, reach)));
  cuts.push(total);
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i]!;
    const pieces: FileInfo[] = [];
    let start = 0;
    for (const { file, rows } of files) {
      const [a, b] = [Math.max(from, start), Math.min(to, start + rows!)];
      const whole = a === start && b === start + rows!;
      if (a < b)
        pieces.push(whole ? file : Object.freeze({ ...file, range: [a - start, b - start] as const }));
      start += rows!;
    }
    // No rows: a file says the columns.
    return pieces.length > 0 ? pieces : [Object.freeze({ ...files[0]!.file, range: [0, 0] as const })];
  });
}

function nearest(starts: readonly number[], wanted: number, reach: number): number {
  let best = wanted;
  let least = reach;
  for (const start of starts) {
    const distance = Math.abs(start - wanted);
    if (distance <= least) {
      best = start;
      least = distance;
    }
  }
  return best;
}

export interface Size {
  readonly rows: number;
  readonly bytes: number;
}

/** As it is shown: rows and bytes are at most so many, since nobody knows what filters leave. */
export function sizeText(size: Size | undefined): string {
  if (!size) return 'size unknown';
  return `at most ${size.rows} rows, ${formatBytes(size.bytes)}`;
}

/** At most so much a plan yields, as far as its sources tell; undefined where they do not. */
export function sizeOf(node: PlanNode, facts: Facts): Size | undefined {
  switch (node.kind) {
    case 'scan':
      return scanSize(node, facts.rowGroups);
    case 'limit': {
      const size = sizeOf(node.input, facts);
      if (node.count === undefined) return size;
      if (!size) return { rows: node.count, bytes: node.count * node.columns.length * VALUE_BYTES };
      const rows = Math.min(size.rows, node.count);
      return { rows, bytes: (size.bytes / Math.max(1, size.rows)) * rows };
    }
    case 'aggregate':
      if (node.keys.length === 0) return { rows: 1, bytes: node.columns.length * VALUE_BYTES };
      return sizeOf(node.input, facts);
    case 'project':
    case 'filter':
    case 'sort':
    case 'distinct':
    case 'sample':
    case 'repartition':
      return sizeOf(node.input, facts);
    case 'union': {
      const sizes = node.inputs.map((input) => sizeOf(input, facts));
      return sizes.reduce<Size | undefined>(
        (sum, size) => sum && size && { rows: sum.rows + size.rows, bytes: sum.bytes + size.bytes },
        { rows: 0, bytes: 0 },
      );
    }
    case 'join':
      return node.how === 'semi' || node.how === 'anti' ? sizeOf(node.left, facts) : undefined;
    default:
      return undefined;
  }
}

const VALUE_BYTES = 8;
/** Of a row in a file, where nobody knows how many there are. */
const ROW_BYTES = 32;
/** What a compressed byte of a file becomes in memory, about. */
const EXPANSION = 3;
/** What a byte of a file that a task left becomes: those are not compressed, since that costs more than to write and read the rest. */
export const LEFT_EXPANSION = 2;

function scanSize({ source, columns }: ScanNode, rowGroups: Facts['rowGroups']): Size | undefined {
  if (source.from === 'array') {
    const rows = source.array.shape[0]!;
    return Number.isNaN(rows) ? undefined : { rows, bytes: rows * columns.length * VALUE_BYTES };
  }
  if (source.from === 'memory') {
    const [from, to] = source.range ?? [0, source.table.rows];
    return { rows: to - from, bytes: (to - from) * columns.length * VALUE_BYTES * 2 };
  }
  if (source.from === 'held') {
    const bytes = partsOf(source).reduce((sum, part) => sum + part.bytes, 0);
    const share = columns.length / Math.max(1, Object.keys(source.schema).length);
    return { rows: Math.ceil(bytes / ROW_BYTES), bytes: Math.ceil(bytes * LEFT_EXPANSION * share) };
  }
  if (source.from !== 'files') return undefined;
  const all = Math.max(1, Object.keys(source.schema).length);
  let rows = 0;
  let bytes = 0;
  for (const file of source.files) {
    if (file.bytes === 0) return undefined;
    rows += rowGroups.get(file.path)?.reduce((sum, n) => sum + n, 0) ?? file.rows ?? file.bytes / ROW_BYTES;
    bytes += file.bytes * EXPANSION * (columns.length / all);
  }
  return { rows: Math.ceil(rows), bytes: Math.ceil(bytes) };
}

/** What all sources of a plan hold of the columns that it reads, in memory; what tasks left is not counted. */
export function sourceBytes(plan: PlanNode, facts: Facts): number {
  if (plan.kind === 'scan')
    return plan.source.from === 'tasks' ? 0 : (scanSize(plan, facts.rowGroups)?.bytes ?? Infinity);
  return inputsOf(plan).reduce((sum, input) => sum + sourceBytes(input, facts), 0);
}

/** What a filter leaves where nobody knows. */
const PASSING = 0.2;

/** A guess at the bytes of a plan, to tell which of two is likely less: that an equal value is found once, and that filters leave a fifth of all that is joined to them. */
export function guessOf(plan: PlanNode, facts: Facts): number {
  const { bytes, share } = guess(plan, facts);
  return bytes * share;
}

function guess(plan: PlanNode, facts: Facts): { readonly bytes: number; readonly share: number } {
  if (plan.kind === 'scan')
    return { bytes: sourceBytes(plan, facts), share: plan.filters.length > 0 ? PASSING : 1 };
  const inputs = inputsOf(plan).map((input) => guess(input, facts));
  const bytes = inputs.map((input) => input.bytes);
  const share = inputs.reduce((product, input) => product * input.share, 1);
  switch (plan.kind) {
    case 'filter':
      return { bytes: bytes[0]!, share: share * PASSING };
    case 'join':
      return plan.how === 'semi' || plan.how === 'anti'
        ? { bytes: bytes[0]!, share }
        : { bytes: Math.max(...bytes), share };
    default:
      return {
        bytes: bytes.reduce((sum, each) => sum + each, 0),
        share: inputs.length === 1 ? share : 1,
      };
  }
}

/** Not fewer partitions than this, and not more, where nobody says how many. */
const FEWEST = 8;
export const MOST_PARTITIONS = 128;
/** What a partition may take of the memory limit. */
const SHARE = 1 / 8;

/**
 * In how many partitions a plan is computed where nobody says: by what its sources hold, each a share of the memory limit. Of the sides of a join only the larger counts:
 * of a partition one is held, and the other passes by.
 */
export function partitionsFor(plan: PlanNode, memoryLimit: number, fewest = FEWEST): number {
  const bytesOf = (node: PlanNode): number => {
    if (node.kind === 'scan') return scanSize(node, new Map())?.bytes ?? 0;
    const inputs = inputsOf(node).map(bytesOf);
    return node.kind === 'join' ? Math.max(...inputs) : inputs.reduce((sum, bytes) => sum + bytes, 0);
  };
  return Math.max(fewest, Math.min(MOST_PARTITIONS, Math.ceil(bytesOf(plan) / (memoryLimit * SHARE))));
}
