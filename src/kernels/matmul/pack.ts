import {
  type Callee,
  type Code,
  i32,
  i64,
  type ModuleBuilder,
  v128,
  when,
  whileDo,
} from '../wasm/assembler.js';
import type { Format } from './formats.js';

/**
 * Packing brings a block of a matrix into the order a tile reads it in: panels of `width` rows of A (columns of B), in
 * which the elements of one step along k lie side by side; a last panel is filled up with zeros.
 *
 * Adds (source, across, along, count, depth, target): `count` rows (columns), `across` bytes apart, of `depth` elements
 * `along` bytes apart.
 */
export function addPack(m: ModuleBuilder, format: Format, width: number, name: string): Callee {
  const { packedBytes, bytes, loadOne, storePackedOne } = format;
  const step = width * packedBytes;
  const bytesConst = i32.const(packedBytes);
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  return m.function({ params, export: name }, (f, [source, across, along, count, depth, target]) => {
    const left = f.let('i32', count!);
    const panelBytes = f.let('i32', i32.mul(depth!, i32.const(step)));
    const row = f.local('i32');
    const from = f.local('i32');
    const to = f.local('i32');
    const end = f.local('i32');

    /** A panel whose elements of one step lie side by side already. */
    const copied: Code = [
      from.set(source!),
      to.set(target!),
      end.set(i32.add(target!, panelBytes)),
      whileDo(i32.ne(to, end), [
        copyBytes(to, from, step),
        from.set(i32.add(from, along!)),
        to.set(i32.add(to, i32.const(step))),
      ]),
    ];
    /** Element by element; rows that there are not become zeros. */
    const gathered: Code = [
      row.set(i32.const(0)),
      whileDo(i32.ltU(row, i32.const(width)), [
        from.set(i32.add(source!, i32.mul(row, across!))),
        to.set(i32.add(target!, i32.mul(row, bytesConst))),
        end.set(i32.add(to, panelBytes)),
        when(
          i32.ltU(row, left),
          whileDo(i32.ne(to, end), [
            storePackedOne(to, loadOne(from)),
            from.set(i32.add(from, along!)),
            to.set(i32.add(to, i32.const(step))),
          ]),
          whileDo(i32.ne(to, end), [zeroOne(to, packedBytes), to.set(i32.add(to, i32.const(step)))]),
        ),
        row.set(i32.add(row, i32.const(1))),
      ]),
    ];
    const sideBySide = i32.and(i32.eq(across!, i32.const(bytes)), i32.geU(left, i32.const(width)));
    return whileDo(i32.ne(left, i32.const(0)), [
      bytes === packedBytes ? when(sideBySide, copied, gathered) : gathered,
      source!.set(i32.add(source!, i32.mul(across!, i32.const(width)))),
      target!.set(i32.add(target!, panelBytes)),
      when(
        i32.leU(left, i32.const(width)),
        left.set(i32.const(0)),
        left.set(i32.sub(left, i32.const(width))),
      ),
    ]);
  });
}

function copyBytes(to: Code, from: Code, bytes: number): Code {
  if (bytes % 16 === 0)
    return Array.from({ length: bytes / 16 }, (_, i) => v128.store(to, v128.load(from, 16 * i), 16 * i));
  return bytes === 8 ? i64.store(to, i64.load(from)) : i32.store(to, i32.load(from));
}

function zeroOne(to: Code, bytes: number): Code {
  const zero = i32.const(0);
  if (bytes === 8) return i64.store(to, i64.const(0n));
  return bytes === 4 ? i32.store(to, zero) : bytes === 2 ? i32.store16(to, zero) : i32.store8(to, zero);
}
