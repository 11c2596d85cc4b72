/**
 * WebAssembly code as a tree: instructions nest as expressions do (`f64.add(x, y)`), locals stand for their values,
 * and branches name the block they leave, so that nobody counts block depths. `encode` flattens the tree to bytes.
 */

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** A byte, a local (its value), a call, a block, a branch, a pooled constant, or a sequence of these. */
export type Code = number | Local | Call | Block | Branch | Pooled | readonly Code[];

const VALUE_TYPES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export const typeByte = (type: ValueType): number => VALUE_TYPES[type];

/** A parameter or local variable of a function; as code, its value. */
export class Local {
  constructor(
    readonly type: ValueType,
    readonly index: number,
  ) {}

  set(value: Code): Code {
    return [value, 0x21, unsigned(this.index)];
  }

  /** Sets it and leaves the value on the stack. */
  tee(value: Code): Code {
    return [value, 0x22, unsigned(this.index)];
  }
}

/** Something callable whose index is known when the module is encoded. */
export interface Callee {
  readonly index: number;
}

class Call {
  constructor(
    readonly callee: Callee,
    readonly args: readonly Code[],
  ) {}
}

class Pooled {
  constructor(
    readonly low: bigint,
    readonly high: bigint,
  ) {}
}

/**
 * A vector constant that the module holds as a global. Reading it costs a load; V8's newer compilers build a `v128.const` anew,
 * from four instructions, wherever it stands, in loops too.
 */
export const pooled = (low: bigint, high: bigint): Code =>
  new Pooled(BigInt.asUintN(64, low), BigInt.asUintN(64, high));

/** The target of branches out of a `block` or back to the start of a `loop`. */
export class Label {}

class Block {
  constructor(
    readonly opcode: number,
    readonly type: ValueType | undefined,
    readonly label: Label,
    readonly body: Code,
    readonly otherwise?: Code,
  ) {}
}

class Branch {
  constructor(
    readonly opcode: number,
    readonly label: Label,
  ) {}
}

/** Code that a branch to `exit` leaves. With `type`, it yields a value. */
export function block(body: (exit: Label) => Code, type?: ValueType): Code {
  const label = new Label();
  return new Block(0x02, type, label, body(label));
}

/** Code that a branch to `again` repeats; it falls out at its end. */
export function loop(body: (again: Label) => Code): Code {
  const label = new Label();
  return new Block(0x03, undefined, label, body(label));
}

/** `if`; with `type` both arms yield a value. */
export const when = (condition: Code, then: Code, otherwise?: Code, type?: ValueType): Code => [
  condition,
  new Block(0x04, type, new Label(), then, otherwise),
];

/** Repeats `body` as long as `condition` (an i32) holds after it. */
export const doWhile = (body: Code, condition: Code): Code => loop((again) => [body, brIf(again, condition)]);

/** Repeats `body` as long as `condition` (an i32) holds before it. */
export const whileDo = (condition: Code, body: Code): Code => when(condition, doWhile(body, condition));

export const br = (label: Label): Code => new Branch(0x0c, label);
export const brIf = (label: Label, condition: Code): Code => [condition, new Branch(0x0d, label)];
export const ret = (...values: Code[]): Code => [values, 0x0f];
export const unreachable: Code = 0x00;
/** `condition ? a : b`, both evaluated; scalars and v128 alike. */
export const select = (a: Code, b: Code, condition: Code, type?: ValueType): Code =>
  type === 'v128' ? [a, b, condition, 0x1c, 1, typeByte('v128')] : [a, b, condition, 0x1b];
export const call = (callee: Callee, ...args: Code[]): Code => new Call(callee, args);

/** LEB128 of an unsigned integer below 2^32 (a memory offset, an index, a size). */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** LEB128 of a signed integer of up to 64 bits. */
export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

/** Bytes being written. */
export class ByteSink {
  #bytes = new Uint8Array(1024);
  length = 0;

  push(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow(this.length + 1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: ArrayLike<number>): void {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(this.length + bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  unsigned(value: number): void {
    if (value < 128) this.push(value);
    else this.append(unsigned(value));
  }

  /** What has been written; valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Gives the index of the global that holds a vector constant. */
export type ConstantPool = (low: bigint, high: bigint) => number;

/** Appends the bytes of `code` to `out`; `labels` are those of the blocks around it, outermost first. */
export function encode(code: Code, out: ByteSink, pool: ConstantPool, labels: Label[] = []): void {
  if (typeof code === 'number') out.push(code);
  else if (code instanceof Local) {
    out.push(0x20);
    out.unsigned(code.index);
  } else if (code instanceof Pooled) {
    out.push(0x23);
    out.unsigned(pool(code.low, code.high));
  } else if (code instanceof Call) {
    encode(code.args, out, pool, labels);
    out.push(0x10);
    out.unsigned(code.callee.index);
  } else if (code instanceof Branch) {
    const depth = labels.length - 1 - labels.lastIndexOf(code.label);
    if (depth === labels.length) throw new Error('wasm: a branch names a block that does not enclose it');
    out.push(code.opcode);
    out.unsigned(depth);
  } else if (code instanceof Block) {
    out.push(code.opcode);
    out.push(code.type === undefined ? 0x40 : typeByte(code.type));
    labels.push(code.label);
    encode(code.body, out, pool, labels);
    if (code.otherwise !== undefined) {
      out.push(0x05);
      encode(code.otherwise, out, pool, labels);
    }
    labels.pop();
    out.push(0x0b);
  } else
    for (const part of code) {
      if (typeof part === 'number') out.push(part);
      else encode(part, out, pool, labels);
    }
}
