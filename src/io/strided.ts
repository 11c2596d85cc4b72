import { readFully } from './file.js';

/** Elements lying at regular distances: in a file or in memory. Strides are in bytes, one an axis. */
export interface Layout {
  /** Where element [0, …, 0] lies, in bytes. */
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Which elements along each axis: `start`, `start + step`, …, `count` of them. */
export interface Selection {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly count: readonly number[];
}

/** Bytes strides of a C-ordered (last axis fastest) or Fortran-ordered array. */
export function contiguousStrides(
  shape: readonly number[],
  itemsize: number,
  order: 'C' | 'F' = 'C',
): number[] {
  const strides = new Array<number>(shape.length);
  let stride = itemsize;
  for (let k = 0; k < shape.length; k++) {
    const axis = order === 'C' ? shape.length - 1 - k : k;
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** One axis of a copy: how far apart neighbours are in the source and in the target, in bytes. */
interface Axis {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** A copy between two layouts, axes in descending order of source stride, axes that run on merged. */
interface Copy {
  readonly axes: readonly Axis[];
  readonly from: number;
  readonly to: number;
  readonly itemsize: number;
}

function plan(source: Layout, selection: Selection, target: Layout, itemsize: number): Copy | undefined {
  let from = source.offset;
  const axes: Axis[] = [];
  for (let k = 0; k < selection.count.length; k++) {
    const count = selection.count[k]!;
    if (count === 0) return undefined;
    from += selection.start[k]! * source.strides[k]!;
    if (count > 1)
      axes.push({ count, from: selection.step[k]! * source.strides[k]!, to: target.strides[k]! });
  }
  axes.sort((a, b) => b.from - a.from);
  const merged: Axis[] = [];
  for (const inner of axes) {
    const outer = merged.at(-1);
    if (outer && outer.from === inner.count * inner.from && outer.to === inner.count * inner.to)
      merged[merged.length - 1] = { count: outer.count * inner.count, from: inner.from, to: inner.to };
    else merged.push(inner);
  }
  return { axes: merged, from, to: target.offset, itemsize };
}

type Units = Uint8Array | Uint16Array | Uint32Array;

/** Memory seen in units of the element size; 8-byte elements as pairs, for a float on its way may lose the bits of a NaN. */
function unitsOf(bytes: Uint8Array, itemsize: number): Units {
  const { buffer, byteOffset, length } = bytes;
  if (itemsize === 1) return bytes;
  if (itemsize === 2) return new Uint16Array(buffer, byteOffset, length >> 1);
  return new Uint32Array(buffer, byteOffset, Math.floor(length / 4));
}

/** Runs shorter than this many elements are copied one by one: making two views costs more. */
const SHORT_RUN = 32;

function copyAxes(
  source: Units,
  from: number,
  target: Units,
  to: number,
  axes: readonly Axis[],
  level: number,
  size: number,
  unit: number,
): void {
  const axis = axes[level];
  if (!axis) {
    for (let u = 0; u < size; u++) target[to + u] = source[from + u]!;
    return;
  }
  const { count } = axis;
  const fromStride = axis.from / unit;
  const toStride = axis.to / unit;
  if (level < axes.length - 1) {
    for (let i = 0; i < count; i++)
      copyAxes(source, from + i * fromStride, target, to + i * toStride, axes, level + 1, size, unit);
  } else if (fromStride === size && toStride === size && count >= SHORT_RUN) {
    target.set(source.subarray(from, from + count * size), to);
  } else if (size === 1) {
    for (let i = 0; i < count; i++) target[to + i * toStride] = source[from + i * fromStride]!;
  } else {
    for (let i = 0; i < count; i++) {
      target[to + i * toStride] = source[from + i * fromStride]!;
      target[to + i * toStride + 1] = source[from + i * fromStride + 1]!;
    }
  }
}

const unitOf = (itemsize: number): number => Math.min(itemsize, 4);

/** Copies selected elements between two places in memory. Both start at a multiple of the element size. */
export function copyStrided(
  source: Uint8Array,
  layout: Layout,
  selection: Selection,
  target: Uint8Array,
  targetLayout: Layout,
  itemsize: number,
): void {
  const copy = plan(layout, selection, targetLayout, itemsize);
  if (!copy) return;
  const unit = unitOf(itemsize);
  copyAxes(
    unitsOf(source, itemsize),
    copy.from / unit,
    unitsOf(target, itemsize),
    copy.to / unit,
    copy.axes,
    0,
    itemsize / unit,
    unit,
  );
}

/** Runs at least this long are read straight into place. */
const DIRECT = 16 << 10;
/** Bytes passed over rather than starting another read: a read costs about as much. */
const GAP = 16 << 10;
const WINDOW = 1 << 20;
/** Where a thread reads what is then picked apart; made when first needed. */
let window: Uint8Array | undefined;

/**
 * Reads selected elements of a file into memory, with at most 1 MiB beside it: long runs straight into place,
 * shorter ones by windows that span many.
 *
 * @param target bytes whose start is a multiple of `itemsize` (shared memory will do)
 * @throws if the file ends before the last element
 */
export function readStrided(
  fd: number,
  path: string,
  layout: Layout,
  selection: Selection,
  target: Uint8Array,
  targetLayout: Layout,
  itemsize: number,
): void {
  const copy = plan(layout, selection, targetLayout, itemsize);
  if (!copy) return;
  const { axes } = copy;
  const depth = axes.length;
  // Of what is inside one index of the axis before each level: how far it reaches, and whether one window may span it.
  const extent = new Array<number>(depth + 1).fill(itemsize);
  const windowed = new Array<boolean>(depth + 1).fill(true);
  for (let k = depth - 1; k >= 0; k--) {
    const { count, from } = axes[k]!;
    extent[k] = (count - 1) * from + extent[k + 1]!;
    windowed[k] = windowed[k + 1]! && from - extent[k + 1]! <= GAP && from % itemsize === 0;
  }
  const last = axes[depth - 1];
  const run = last && last.from === itemsize && last.to === itemsize ? last.count * itemsize : itemsize;
  const unit = unitOf(itemsize);
  const units = unitsOf(target, itemsize);

  const direct = (from: number, to: number, bytes: number): void =>
    readFully(fd, target.subarray(to, to + bytes), from, path);

  const through = (level: number, first: Axis | undefined, from: number, to: number, bytes: number): void => {
    window ??= new Uint8Array(WINDOW);
    readFully(fd, window.subarray(0, bytes), from, path);
    const inner = first ? [first, ...axes.slice(level + 1)] : [];
    copyAxes(unitsOf(window, itemsize), 0, units, to / unit, inner, 0, itemsize / unit, unit);
  };

  const visit = (level: number, from: number, to: number): void => {
    const axis = axes[level];
    if (!axis || (level === depth - 1 && run > itemsize)) {
      direct(from, to, run);
      return;
    }
    const fits = Math.floor((WINDOW - extent[level + 1]!) / axis.from) + 1;
    if (windowed[level] && fits >= 2 && run < DIRECT) {
      for (let i = 0; i < axis.count; i += fits) {
        const count = Math.min(fits, axis.count - i);
        const bytes = (count - 1) * axis.from + extent[level + 1]!;
        through(level, { ...axis, count }, from + i * axis.from, to + i * axis.to, bytes);
      }
      return;
    }
    for (let i = 0; i < axis.count; i++) visit(level + 1, from + i * axis.from, to + i * axis.to);
  };
  visit(0, copy.from, copy.to);
}

/** Reverses the bytes of each element in place. */
export function swapBytes(bytes: Uint8Array, itemsize: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (itemsize === 2) buffer.swap16();
  else if (itemsize === 4) buffer.swap32();
  else if (itemsize === 8) buffer.swap64();
}
