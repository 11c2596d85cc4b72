import {
  type Code,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  when,
  whileDo,
} from '../wasm/assembler.js';
import type { Format } from './formats.js';

/**
 * Products of a matrix and a vector: every element of the matrix is used once, so nothing is gained by packing. One
 * kernel for rows that lie in one piece along the sum, one for columns; elements lie as in a matrix (no bytes, which
 * would need widening).
 */

/** Sums a turn of `addDots` keeps, so that one addition need not wait for the last. */
const CHAINS = 4;

/**
 * Adds (matrix, rowBytes, rows, x, depth, y, accumulate, spare): y (+)= the dot product of each row with x; `spare` is
 * where a register can be put down.
 */
export function addDots(m: ModuleBuilder, format: Format, name: string): void {
  const { register, lanes, bytes, one, load, store, times, plus, zero } = format;
  const { loadOne, loadPackedOne, storeOne, plusOne, timesOne } = format;
  const registerBytes = lanes * bytes;
  const turn = CHAINS * registerBytes;
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  m.function({ params, export: name }, (f, [matrix, rowBytes, rows, x, depth, y, accumulate, spare]) => {
    const [at, with_, end, turnsEnd] = locals(f, 4);
    const chains = Array.from({ length: CHAINS }, () => f.local(register));
    const total = f.local(one);
    const depthBytes = f.let('i32', i32.mul(depth!, i32.const(bytes)));
    const turnBytes = f.let('i32', i32.sub(depthBytes, i32.remU(depthBytes, i32.const(turn))));
    const [first, ...others] = chains;
    return whileDo(rows!, [
      at.set(matrix!),
      with_.set(x!),
      end.set(i32.add(matrix!, depthBytes)),
      turnsEnd.set(i32.add(matrix!, turnBytes)),
      chains.map((chain) => chain.set(zero)),
      whileDo(i32.ne(at, turnsEnd), [
        chains.map((chain, i) => {
          const offset = i * registerBytes;
          return chain.set(plus(chain, times(load(at, offset), load(with_, offset))));
        }),
        at.set(i32.add(at, i32.const(turn))),
        with_.set(i32.add(with_, i32.const(turn))),
      ]),
      others.map((chain) => first!.set(plus(first!, chain))),
      store(spare!, first!),
      total.set(loadPackedOne(spare!)),
      Array.from({ length: lanes - 1 }, (_, i) =>
        total.set(plusOne(total, loadPackedOne(spare!, (i + 1) * bytes))),
      ),
      whileDo(i32.ne(at, end), [
        total.set(plusOne(total, timesOne(loadOne(at), loadOne(with_)))),
        at.set(i32.add(at, i32.const(bytes))),
        with_.set(i32.add(with_, i32.const(bytes))),
      ]),
      storeOne(y!, when(accumulate!, plusOne(loadOne(y!), total), total, one)),
      y!.set(i32.add(y!, i32.const(bytes))),
      matrix!.set(i32.add(matrix!, rowBytes!)),
      rows!.set(i32.sub(rows!, i32.const(1))),
    ]);
  });
}

/** Columns that a turn of `addCombination` adds to y, so that y is read and written less often. */
const GROUP = 4;

/** Adds (matrix, columnBytes, rows, x, xBytes, depth, y, accumulate): y (+)= the sum of the columns, each times its x. */
export function addCombination(m: ModuleBuilder, format: Format, name: string): void {
  const { register, lanes, bytes, one, load, store, broadcast, times, plus } = format;
  const { loadOne, storeOne, plusOne, timesOne, zeroOne } = format;
  const registerBytes = lanes * bytes;
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  m.function({ params, export: name }, (f, [matrix, columnBytes, rows, x, xBytes, depth, y, accumulate]) => {
    const to = f.local('i32');
    const columns = locals(f, GROUP);
    const factors = Array.from({ length: GROUP }, () => f.local(register));
    const single = Array.from({ length: GROUP }, () => f.local(one));
    const end = f.let('i32', i32.add(y!, i32.mul(rows!, i32.const(bytes))));
    const rest = i32.mul(i32.remU(rows!, i32.const(lanes)), i32.const(bytes));
    const registersEnd = f.let('i32', i32.sub(end, rest));
    const group = (size: number): Code => {
      const used = columns.slice(0, size);
      const forward = (step: number): Code => [
        used.map((column) => column.set(i32.add(column, i32.const(step)))),
        to.set(i32.add(to, i32.const(step))),
      ];
      return [
        used.map((column, i) => [
          column.set(matrix!),
          factors[i]!.set(broadcast(x!)),
          single[i]!.set(loadOne(x!)),
          matrix!.set(i32.add(matrix!, columnBytes!)),
          x!.set(i32.add(x!, xBytes!)),
        ]),
        to.set(y!),
        whileDo(i32.ne(to, registersEnd), [
          store(
            to,
            used.reduce<Code>((sum, column, i) => plus(sum, times(factors[i]!, load(column))), load(to)),
          ),
          forward(registerBytes),
        ]),
        whileDo(i32.ne(to, end), [
          storeOne(
            to,
            used.reduce<Code>(
              (sum, column, i) => plusOne(sum, timesOne(single[i]!, loadOne(column))),
              loadOne(to),
            ),
          ),
          forward(bytes),
        ]),
        depth!.set(i32.sub(depth!, i32.const(size))),
      ];
    };
    return [
      when(i32.eqz(accumulate!), [
        to.set(y!),
        whileDo(i32.ne(to, end), [storeOne(to, zeroOne), to.set(i32.add(to, i32.const(bytes)))]),
      ]),
      whileDo(i32.geU(depth!, i32.const(GROUP)), group(GROUP)),
      whileDo(depth!, group(1)),
    ];
  });
}

const locals = (f: FunctionBuilder, count: number): Local[] =>
  Array.from({ length: count }, () => f.local('i32'));
