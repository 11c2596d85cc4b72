import {
  type Callee,
  type Code,
  call,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  when,
  whileDo,
} from '../wasm/assembler.js';
import { type Format, tileColumns } from './formats.js';

/** Steps along k per turn of the loop. */
const UNROLL = 4;

/**
 * Adds (a, b, depth, c, rowBytes, accumulate): one tile of the product of two packed panels, kept in registers over all
 * of `depth`, then written to C, whose rows lie `rowBytes` apart, or added to what is there.
 */
function addTile(m: ModuleBuilder, format: Format): Callee {
  const { register, rows, columns, lanes, packedBytes, load, broadcast, store, times, plus, zero } = format;
  const registerBytes = lanes * packedBytes;
  const aStep = rows * packedBytes;
  const bStep = columns * registerBytes;
  return m.function(
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] },
    (f, [a, b, depth, c, rowBytes, accumulate]) => {
      const sums = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => f.let(register, zero)),
      );
      const right = Array.from({ length: columns }, () => f.local(register));
      const left = f.local(register);
      const step = (i: number): Code => [
        right.map((r, j) => r.set(load(b!, i * bStep + j * registerBytes))),
        sums.map((row, r) => [
          left.set(broadcast(a!, i * aStep + r * packedBytes)),
          row.map((sum, j) => sum.set(plus(sum, times(left, right[j]!)))),
        ]),
      ];
      const forward = (steps: number): Code => [
        Array.from({ length: steps }, (_, i) => step(i)),
        a!.set(i32.add(a!, i32.const(steps * aStep))),
        b!.set(i32.add(b!, i32.const(steps * bStep))),
      ];
      const end = f.let('i32', i32.add(a!, i32.mul(depth!, i32.const(aStep))));
      const rest = i32.mul(i32.remU(depth!, i32.const(UNROLL)), i32.const(aStep));
      const unrolledEnd = f.let('i32', i32.sub(end, rest));
      f.emit(whileDo(i32.ne(a!, unrolledEnd), forward(UNROLL)), whileDo(i32.ne(a!, end), forward(1)));
      const write = (value: (sum: Local, offset: number) => Code): Code =>
        sums.map((row) => [
          row.map((sum, j) => store(c!, value(sum, j * registerBytes), j * registerBytes)),
          c!.set(i32.add(c!, rowBytes!)),
        ]);
      return when(
        accumulate!,
        write((sum, offset) => plus(load(c!, offset), sum)),
        write((sum) => sum),
      );
    },
  );
}

/** Adds (tile, c, rows, columns, rowBytes, accumulate): brings part of a tile that lies in memory into C. */
function addMerge(m: ModuleBuilder, format: Format): Callee {
  const { one, bytes, packedBytes, loadOne, loadPackedOne, storeOne, plusOne } = format;
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  return m.function({ params }, (f, [tile, c, rows, columns, rowBytes, accumulate]) => {
    const from = f.local('i32');
    const to = f.local('i32');
    const end = f.local('i32');
    const sum = f.local(one);
    return whileDo(rows!, [
      from.set(tile!),
      to.set(c!),
      end.set(i32.add(c!, i32.mul(columns!, i32.const(bytes)))),
      whileDo(i32.ne(to, end), [
        sum.set(loadPackedOne(from)),
        when(accumulate!, sum.set(plusOne(loadOne(to), sum))),
        storeOne(to, sum),
        from.set(i32.add(from, i32.const(packedBytes))),
        to.set(i32.add(to, i32.const(bytes))),
      ]),
      tile!.set(i32.add(tile!, i32.const(tileColumns(format) * packedBytes))),
      c!.set(i32.add(c!, rowBytes!)),
      rows!.set(i32.sub(rows!, i32.const(1))),
    ]);
  });
}

/**
 * Adds (a, b, rows, columns, depth, c, rowBytes, accumulate, spare): C (+)= A·B for packed blocks, tile by tile; `spare`
 * is where a tile may lie that C cannot take whole.
 */
export function addProduct(m: ModuleBuilder, format: Format, name: string): void {
  const tile = addTile(m, format);
  const merge = addMerge(m, format);
  const { rows: high, packedBytes, bytes } = format;
  const wide = tileColumns(format);
  const params = Array.from({ length: 9 }, () => 'i32' as const);
  m.function({ params, export: name }, (f, [a, b, rows, columns, depth, c, rowBytes, accumulate, spare]) => {
    const aPanel = f.let('i32', i32.mul(depth!, i32.const(high * packedBytes)));
    const bPanel = f.let('i32', i32.mul(depth!, i32.const(wide * packedBytes)));
    const [panel, target, rowsLeft, height, width] = locals(f, 5);
    const merged: Code = [
      call(tile, panel, b!, depth!, spare!, i32.const(wide * packedBytes), i32.const(0)),
      call(merge, spare!, target, height, width, rowBytes!, accumulate!),
    ];
    const whole = i32.and(i32.eq(height, i32.const(high)), i32.eq(width, i32.const(wide)));
    return whileDo(columns!, [
      width.set(smaller(columns!, wide)),
      panel.set(a!),
      target.set(c!),
      rowsLeft.set(rows!),
      whileDo(rowsLeft, [
        height.set(smaller(rowsLeft, high)),
        bytes === packedBytes
          ? when(whole, call(tile, panel, b!, depth!, target, rowBytes!, accumulate!), merged)
          : merged,
        panel.set(i32.add(panel, aPanel)),
        target.set(i32.add(target, i32.mul(rowBytes!, i32.const(high)))),
        rowsLeft.set(i32.sub(rowsLeft, height)),
      ]),
      b!.set(i32.add(b!, bPanel)),
      c!.set(i32.add(c!, i32.const(wide * bytes))),
      columns!.set(i32.sub(columns!, width)),
    ]);
  });
}

const locals = (f: FunctionBuilder, count: number): Local[] =>
  Array.from({ length: count }, () => f.local('i32'));

/** The smaller of a local and a constant. */
const smaller = (x: Local, limit: number): Code =>
  when(i32.ltU(x, i32.const(limit)), x, i32.const(limit), 'i32');
