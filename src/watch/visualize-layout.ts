/** A graph to lay out: nodes 0 … n-1 of given sizes, and edges from what is read to who reads it, without cycles. */
export interface LayoutInput {
  readonly widths: readonly number[];
  readonly height: number;
  readonly edges: readonly (readonly [number, number])[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Left edge and middle of each node. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Width of the column that each node stands in: all nodes of a column are drawn as wide as that. */
  readonly columnWidth: readonly number[];
  /** Points that each edge passes between its ends. */
  readonly bends: readonly (readonly { readonly x: number; readonly width: number; readonly y: number }[])[];
}

const COLUMN_GAP = 46;
const ROW_GAP = 12;
/** Room that an edge takes where it passes a column. */
const LANE = 7;
const SWEEPS = 12;

/** A node, or the place where a long edge passes a column. */
interface Cell {
  readonly column: number;
  /** Height with the room around it. */
  readonly size: number;
  readonly width: number;
  readonly left: Cell[];
  readonly right: Cell[];
  rank: number;
  y: number;
}

/**
 * Layered layout from left to right, after Sugiyama, Tagawa and Toda (1981): columns by depth, long edges cut into one piece a
 * column, rows ordered by the barycentres of their neighbours, then moved towards them as far as the order permits.
 */
export function layout(input: LayoutInput): Layout {
  const columns = columnsOf(input);
  const count = columns.reduce((a, b) => Math.max(a, b + 1), 0);
  const cells: Cell[][] = Array.from({ length: count }, () => []);
  const place = (column: number, size: number, width: number): Cell => {
    const cell: Cell = { column, size, width, left: [], right: [], rank: cells[column]!.length, y: 0 };
    cells[column]!.push(cell);
    return cell;
  };
  const nodes = columns.map((column, t) => place(column, input.height + ROW_GAP, input.widths[t]!));
  const lanes = input.edges.map(([from, to]) => {
    const passed: Cell[] = [];
    let last = nodes[from]!;
    for (let column = columns[from]! + 1; column < columns[to]!; column++) {
      const lane = place(column, LANE, 0);
      link(last, lane);
      passed.push(lane);
      last = lane;
    }
    link(last, nodes[to]!);
    return passed;
  });

  orderRows(cells);
  placeRows(cells);

  const widths = cells.map((column) => Math.max(0, ...column.map((cell) => cell.width)));
  const starts: number[] = [];
  let width = 0;
  for (const w of widths) {
    starts.push(width);
    width += w + COLUMN_GAP;
  }
  const top = Math.min(0, ...cells.flat().map((cell) => cell.y - cell.size / 2));
  const bottom = Math.max(0, ...cells.flat().map((cell) => cell.y + cell.size / 2));
  return {
    width: Math.max(0, width - COLUMN_GAP),
    height: bottom - top,
    x: columns.map((column) => starts[column]!),
    y: nodes.map((cell) => cell.y - top),
    columnWidth: columns.map((column) => widths[column]!),
    bends: lanes.map((passed) =>
      passed.map((cell) => ({ x: starts[cell.column]!, width: widths[cell.column]!, y: cell.y - top })),
    ),
  };
}

function link(from: Cell, to: Cell): void {
  from.right.push(to);
  to.left.push(from);
}

/** Columns by the longest way from a source; what has readers stands right before the first of them. */
function columnsOf({ widths, edges }: LayoutInput): number[] {
  const readers: number[][] = widths.map(() => []);
  const waits = widths.map(() => 0);
  for (const [from, to] of edges) {
    readers[from]!.push(to);
    waits[to]! += 1;
  }
  const sorted = widths.map((_, t) => t).filter((t) => waits[t] === 0);
  const columns = widths.map(() => 0);
  for (const t of sorted) {
    for (const reader of readers[t]!) {
      columns[reader] = Math.max(columns[reader]!, columns[t]! + 1);
      waits[reader]! -= 1;
      if (waits[reader] === 0) sorted.push(reader);
    }
  }
  for (const t of sorted.reverse()) {
    if (readers[t]!.length > 0) columns[t] = Math.min(...readers[t]!.map((reader) => columns[reader]!)) - 1;
  }
  return columns;
}

/** Sorts each column by the mean rank of its neighbours, back and forth, and keeps the best order seen. */
function orderRows(cells: Cell[][]): void {
  const renumber = (column: Cell[]): void =>
    column.forEach((cell, i) => {
      cell.rank = i;
    });
  let best = cells.map((column) => column.slice());
  let fewest = crossings(cells);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? cells : cells.slice().reverse()) {
      const centre = new Map(
        column.map((cell) => [cell, mean(forth ? cell.left : cell.right, (c) => c.rank) ?? cell.rank]),
      );
      column.sort((a, b) => centre.get(a)! - centre.get(b)!);
      renumber(column);
    }
    const now = crossings(cells);
    if (now >= fewest) continue;
    fewest = now;
    best = cells.map((column) => column.slice());
  }
  for (const [i, column] of best.entries()) {
    cells[i] = column;
    renumber(column);
  }
}

/** How many pairs of edges cross: inversions between the ranks at both ends, counted in a Fenwick tree. */
function crossings(cells: readonly (readonly Cell[])[]): number {
  let total = 0;
  for (const [i, column] of cells.entries()) {
    const next = cells[i + 1];
    if (!next) continue;
    const tree = new Int32Array(next.length + 1);
    let seen = 0;
    for (const cell of column) {
      const ranks = cell.right.map((c) => c.rank);
      for (const rank of ranks) {
        let notAfter = 0;
        for (let k = rank + 1; k > 0; k -= k & -k) notAfter += tree[k]!;
        total += seen - notAfter;
      }
      for (const rank of ranks) for (let k = rank + 1; k < tree.length; k += k & -k) tree[k]! += 1;
      seen += ranks.length;
    }
  }
  return total;
}

/** Moves rows towards the means of their neighbours, keeping order and distance. */
function placeRows(cells: readonly (readonly Cell[])[]): void {
  for (const column of cells)
    settle(
      column,
      column.map(() => 0),
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? 'left' : 'right';
    for (const column of side === 'left' ? cells : cells.slice().reverse()) {
      const both = sweep >= SWEEPS - 2;
      settle(
        column,
        column.map((cell) => mean(both ? [...cell.left, ...cell.right] : cell[side], (c) => c.y) ?? cell.y),
      );
    }
  }
}

/**
 * The positions nearest to the wanted ones, in squares, that keep order and distance: an isotonic regression of the wanted
 * positions less the room before each, by pooling neighbours that are out of order.
 */
function settle(column: readonly Cell[], wanted: readonly number[]): void {
  const pools: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [i, cell] of column.entries()) {
    offset += (cell.size + (column[i - 1]?.size ?? cell.size)) / 2;
    offsets.push(offset);
    let pool = { sum: wanted[i]! - offset, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count >= pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  }
  let i = 0;
  for (const { sum, count } of pools) {
    for (const end = i + count; i < end; i++) column[i]!.y = sum / count + offsets[i]!;
  }
}

const mean = <T>(items: readonly T[], of: (item: T) => number): number | undefined =>
  items.length === 0 ? undefined : items.reduce((sum, item) => sum + of(item), 0) / items.length;
