import {
  brIf,
  type Callee,
  type Code,
  type FunctionBuilder,
  i8x16,
  i32,
  i64,
  type Local,
  loop,
  type ModuleBuilder,
  v128,
  whileDo,
} from '../wasm/assembler.js';
import { Reader } from './stream.js';

/**
 * Integers below a bound without bias, as NumPy's `integers` draws them: D. Lemire, "Fast Random Integer Generation in
 * an Interval" (2019). Of a draw of W bits times the bound, the upper W bits are the integer, unless the lower W are
 * below the threshold 2^W mod bound: then it draws again. All functions add an offset and wrap around.
 */

/** How each kind of draw is loaded, and what type its product with the bound needs. */
const DRAWS = {
  8: { type: 'i32', load: i32.load8U },
  16: { type: 'i32', load: i32.load16U },
  32: { type: 'i64', load: i64.load32U },
} as const;

const STORES = {
  1: { i32: i32.store8, i64: i64.store8 },
  2: { i32: i32.store16, i64: i64.store16 },
  4: { i32: i32.store, i64: i64.store32 },
  8: { i32: undefined, i64: i64.store },
} as const;

/** Adds (control, at, end, bound, threshold, offset) for draws of at most 32 bits; bound ≤ 2^bits, as i32 or i64. */
export function addBounded(
  m: ModuleBuilder,
  bits: 8 | 16 | 32,
  outBytes: 1 | 2 | 4 | 8,
  refill: Callee,
  name: string,
): void {
  const { type, load } = DRAWS[bits];
  const int = type === 'i32' ? i32 : i64;
  const constant = (value: number): Code => (type === 'i32' ? i32.const(value) : i64.const(BigInt(value)));
  const store = STORES[outBytes][type]!;
  const params = ['i32', 'i32', 'i32', type, type, type] as const;
  m.function({ params, export: name }, (f, [control, at, end, bound, threshold, offset]) => {
    const reader = new Reader(f, control!, refill);
    const product = f.local(type);
    const lower = int.and(product, constant(2 ** bits - 1));
    f.emit(
      whileDo(
        i32.ne(at!, end!),
        f.collect(() => {
          const draw = (): void =>
            reader.next(bits / 8, (address) => product.set(int.mul(load(address), bound!)));
          const put = store(at!, int.add(int.shrU(product, constant(bits)), offset!));
          if (bits === 8) {
            // Rejections are frequent, and no processor can predict them: what is rejected is stored, too, and
            // overwritten by the next.
            draw();
            f.emit(put, at!.set(i32.add(at!, int.geU(lower, threshold!))));
            return;
          }
          f.emit(
            loop((again) =>
              f.collect(() => {
                draw();
                return brIf(again, int.ltU(lower, threshold!));
              }),
            ),
            put,
            at!.set(i32.add(at!, i32.const(outBytes))),
          );
        }),
      ),
      reader.save(),
    );
  });
}

/** Adds (control, at, end, bound, threshold, offset) for draws of 64 bits. */
export function addBounded64(m: ModuleBuilder, refill: Callee, name: string): void {
  const params = ['i32', 'i32', 'i32', 'i64', 'i64', 'i64'] as const;
  m.function({ params, export: name }, (f, [control, at, end, bound, threshold, offset]) => {
    const reader = new Reader(f, control!, refill);
    const draw = f.local('i64');
    const bound0 = f.let('i64', i64.and(bound!, i64.const(0xffffffffn)));
    const bound1 = f.let('i64', i64.shrU(bound!, i64.const(32n)));
    f.emit(
      whileDo(
        i32.ne(at!, end!),
        f.collect(() => {
          f.emit(
            loop((again) =>
              f.collect(() => {
                reader.next(8, (address) => draw.set(i64.load(address)));
                return brIf(again, i64.ltU(i64.mul(draw, bound!), threshold!));
              }),
            ),
          );
          f.emit(
            i64.store(at!, i64.add(upperHalf(f, draw, bound0, bound1), offset!)),
            at!.set(i32.add(at!, i32.const(8))),
          );
        }),
      ),
      reader.save(),
    );
  });
}

/** The upper 64 bits of `x` times the number of the 32-bit halves `y0` and `y1`. */
function upperHalf(f: FunctionBuilder, x: Local, y0: Local, y1: Local): Code {
  const thirtyTwo = i64.const(32n);
  const bits32 = i64.const(0xffffffffn);
  const x0 = f.let('i64', i64.and(x, bits32));
  const x1 = f.let('i64', i64.shrU(x, thirtyTwo));
  const p10 = f.let('i64', i64.add(i64.mul(x1, y0), i64.shrU(i64.mul(x0, y0), thirtyTwo)));
  const p01 = f.let('i64', i64.add(i64.mul(x0, y1), i64.and(p10, bits32)));
  return i64.add(i64.mul(x1, y1), i64.add(i64.shrU(p10, thirtyTwo), i64.shrU(p01, thirtyTwo)));
}

/** Adds (control, at, end): a byte 0 or 1 for each bit of the stream, lowest first. */
export function addBits(m: ModuleBuilder, refill: Callee, name: string): void {
  m.function({ params: ['i32', 'i32', 'i32'], export: name }, (f, [control, at, end]) => {
    const reader = new Reader(f, control!, refill);
    const bits = f.local('i32');
    const rest = i32.and(i32.sub(end!, at!), i32.const(15));
    const wholeEnd = f.let('i32', i32.sub(end!, rest));
    const bytes = i8x16.shuffle(i8x16.splat(bits), i8x16.splat(i32.shrU(bits, i32.const(8))), HALVES);
    const set = i8x16.ne(v128.and(bytes, v128.const(EACH_BIT, EACH_BIT)), v128.const(0n, 0n));
    f.emit(
      whileDo(
        i32.ne(at!, wholeEnd),
        f.collect(() => {
          reader.next(2, (address) => bits.set(i32.load16U(address)));
          f.emit(v128.store(at!, v128.and(set, v128.const(ONES, ONES))));
          f.emit(at!.set(i32.add(at!, i32.const(16))));
        }),
      ),
      whileDo(
        i32.ne(at!, end!),
        f.collect(() => {
          reader.next(2, (address) => bits.set(i32.load16U(address)));
          f.emit(
            whileDo(i32.ne(at!, end!), [
              i32.store8(at!, i32.and(bits, i32.const(1))),
              bits.set(i32.shrU(bits, i32.const(1))),
              at!.set(i32.add(at!, i32.const(1))),
            ]),
          );
        }),
      ),
      reader.save(),
    );
  });
}

/** Eight bytes of the first vector, then eight of the second. */
const HALVES = [0, 0, 0, 0, 0, 0, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16];
const EACH_BIT = 0x8040201008040201n;
const ONES = 0x0101010101010101n;
