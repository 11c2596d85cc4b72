import {
  br,
  brIf,
  type Callee,
  type Code,
  call,
  type FunctionBuilder,
  f32,
  f64,
  i32,
  i64,
  type Local,
  loop,
  type ModuleBuilder,
  ret,
  unreachable,
  when,
  whileDo,
} from '../wasm/assembler.js';
import { Reader } from './stream.js';
import { INVERSE_TAIL, TAIL } from './ziggurat.js';

/** The functions of one float format that the ziggurat needs. `bits`: integers as wide as the format. */
const FORMATS = {
  float64: {
    type: 'f64',
    bitsType: 'i64',
    bytes: 8,
    bits: i64,
    integer: (value: number): Code => i64.const(BigInt(value)),
    magnitude: i64.const(2n ** 52n - 1n),
    toSign: i64.const(55n),
    sign: i64.const(2n ** 63n),
    index: (draw: Code): Code => i32.and(i32.wrapI64(draw), i32.const(255)),
    float: f64,
    convert: f64.convertI64S,
    flip: (x: Code, sign: Code): Code => f64.reinterpretI64(i64.xor(i64.reinterpretF64(x), sign)),
    uniform: (draw: Code): Code =>
      f64.mul(f64.convertI64S(i64.shrU(draw, i64.const(11n))), f64.const(2 ** -53)),
    toF64: (x: Code): Code => x,
    fromF64: (x: Code): Code => x,
  },
  float32: {
    type: 'f32',
    bitsType: 'i32',
    bytes: 4,
    bits: i32,
    integer: (value: number): Code => i32.const(value),
    magnitude: i32.const(2 ** 23 - 1),
    toSign: i32.const(23),
    sign: i32.const(2 ** 31),
    index: (draw: Code): Code => i32.and(draw, i32.const(255)),
    float: f32,
    convert: f32.convertI32S,
    flip: (x: Code, sign: Code): Code => f32.reinterpretI32(i32.xor(i32.reinterpretF32(x), sign)),
    uniform: (draw: Code): Code =>
      f32.mul(f32.convertI32S(i32.shrU(draw, i32.const(8))), f32.const(2 ** -24)),
    toF64: f64.promoteF32,
    fromF64: f32.demoteF64,
  },
} as const;

type Format = (typeof FORMATS)['float64'] | (typeof FORMATS)['float32'];

interface Imports {
  readonly refill: Callee;
  /** f64 → f64 */
  readonly exp: Callee;
  readonly log1p: Callee;
}

/**
 * Adds a function (control, table, address, end) that fills memory with standard normal numbers by the ziggurat, in
 * the steps of NumPy's `standard_normal`; `table` is where a `zigguratTable` lies.
 */
export function addNormal(
  m: ModuleBuilder,
  dtype: 'float32' | 'float64',
  imports: Imports,
  name: string,
): Callee {
  const format = FORMATS[dtype];
  const edge = addEdge(m, format, imports);
  return m.function(
    { params: ['i32', 'i32', 'i32', 'i32'], export: name },
    (f, [control, table, at, end]) => {
      const reader = new Reader(f, control!, imports.refill);
      const draw = f.local(format.bitsType);
      const x = f.local(format.type);
      f.emit(
        whileDo(
          i32.ne(at!, end!),
          f.collect(() => {
            reader.next(format.bytes, (address) => draw.set(format.bits.load(address)));
            const layer = new Layer(f, format, table!, draw);
            f.emit(
              x.set(layer.x()),
              when(format.bits.geU(layer.magnitude, layer.accepted()), [
                reader.save(),
                x.set(call(edge, control!, table!, draw)),
                reader.resume(),
              ]),
              format.float.store(at!, x),
              at!.set(i32.add(at!, i32.const(format.bytes))),
            );
          }),
        ),
        reader.save(),
      );
    },
  );
}

/** A draw taken apart: 8 bits for the layer, one for the sign, then the magnitude. */
class Layer {
  readonly index: Local;
  readonly magnitude: Local;
  readonly #entry: Local;

  constructor(
    f: FunctionBuilder,
    readonly format: Format,
    table: Local,
    readonly draw: Local,
  ) {
    const { bits, bitsType, bytes } = format;
    this.index = f.let('i32', format.index(draw));
    this.magnitude = f.let(bitsType, bits.and(bits.shrU(draw, format.integer(9)), format.magnitude));
    this.#entry = f.let('i32', i32.add(table, i32.mul(this.index, i32.const(bytes))));
  }

  /** The largest magnitude that is surely below the density, plus 1. */
  accepted(): Code {
    return this.format.bits.load(this.#entry);
  }

  /** The number with its sign. */
  x(): Code {
    const { float, bits, bytes } = this.format;
    const width = float.load(this.#entry, 256 * bytes);
    const sign = bits.and(bits.shl(this.draw, this.format.toSign), this.format.sign);
    return this.format.flip(float.mul(this.format.convert(this.magnitude), width), sign);
  }

  /** The density at the outer edge of this layer. */
  density(): Code {
    return this.format.float.load(this.#entry, 512 * this.format.bytes);
  }

  /** The density at the outer edge of the layer inside (not for layer 0). */
  densityInside(): Code {
    const { float, bytes } = this.format;
    return float.load(i32.sub(this.#entry, i32.const(bytes)), 512 * bytes);
  }
}

/** (control, table, draw) → a normal number: the whole method, for the one draw in a hundred that is not inside a layer. */
function addEdge(m: ModuleBuilder, format: Format, { refill, exp, log1p }: Imports): Callee {
  const { float, bits, bitsType, type, bytes } = format;
  const next = m.function({ params: ['i32'], results: [bitsType] }, (f, [control]) => {
    const reader = new Reader(f, control!, refill);
    const draw = f.local(bitsType);
    reader.next(bytes, (address) => draw.set(bits.load(address)));
    return [reader.save(), draw];
  });
  return m.function({ params: ['i32', 'i32', bitsType], results: [type] }, (f, [control, table, draw]) => {
    const uniform = (): Code => format.uniform(call(next, control!));
    const minusLog = (): Code => float.neg(format.fromF64(call(log1p, format.toF64(float.neg(uniform())))));
    const tail = f.local(type);
    const height = f.local(type);
    const x = f.local(type);
    f.emit(
      loop((again) =>
        f.collect(() => {
          const layer = new Layer(f, format, table!, draw!);
          f.emit(
            x.set(layer.x()),
            when(bits.ltU(layer.magnitude, layer.accepted()), ret(x)),
            when(i32.eqz(layer.index), [
              loop((retry) => [
                tail.set(float.mul(minusLog(), float.const(INVERSE_TAIL))),
                height.set(minusLog()),
                brIf(retry, float.le(float.add(height, height), float.mul(tail, tail))),
              ]),
              tail.set(float.add(tail, float.const(TAIL))),
              when(bits.eqz(bits.and(layer.magnitude, format.integer(256))), ret(tail)),
              ret(float.neg(tail)),
            ]),
            height.set(
              float.add(
                float.mul(float.sub(layer.densityInside(), layer.density()), uniform()),
                layer.density(),
              ),
            ),
            when(f64.lt(format.toF64(height), call(exp, squared(format.toF64(x)))), ret(x)),
            draw!.set(call(next, control!)),
            br(again),
          );
        }),
      ),
      unreachable,
    );
  });
}

/** -x²/2 */
const squared = (x: Code): Code => f64.mul(f64.mul(f64.const(-0.5), x), x);
