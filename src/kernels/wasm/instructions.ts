/** The instructions of WebAssembly 1.0, bulk memory, saturating truncation and fixed-width SIMD, by type. */

import { type Code, signed, unsigned } from './code.js';

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
/** Loads from `address + offset` (unsigned; no wrap-around past 4 GiB). */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const un =
  (...op: number[]): Unary =>
  (a) => [a, op];
const bin =
  (...op: number[]): Binary =>
  (a, b) => [a, b, op];
const load =
  (align: number, ...op: number[]): Load =>
  (address, offset = 0) => [address, op, align, unsigned(offset)];
const store =
  (align: number, ...op: number[]): Store =>
  (address, value, offset = 0) => [address, value, op, align, unsigned(offset)];

const simd = (op: number): number[] => [0xfd, ...unsigned(op)];
const vun = (op: number): Unary => un(...simd(op));
const vbin = (op: number): Binary => bin(...simd(op));
const vload = (align: number, op: number): Load => load(align, ...simd(op));
const extract =
  (op: number) =>
  (a: Code, lane: number): Code => [a, 0xfd, unsigned(op), lane];
const replace =
  (op: number) =>
  (a: Code, lane: number, value: Code): Code => [a, value, 0xfd, unsigned(op), lane];
const loadLane =
  (align: number, op: number) =>
  (address: Code, vector: Code, lane: number, offset = 0): Code => [
    address,
    vector,
    simd(op),
    align,
    unsigned(offset),
    lane,
  ];

const scratch = new DataView(new ArrayBuffer(16));
const bytesOf = (write: (view: DataView) => void, length: number): number[] => {
  write(scratch);
  return [...new Uint8Array(scratch.buffer, 0, length)];
};

const integer = (compare: number, arithmetic: number) => ({
  eqz: un(compare),
  eq: bin(compare + 1),
  ne: bin(compare + 2),
  ltS: bin(compare + 3),
  ltU: bin(compare + 4),
  gtS: bin(compare + 5),
  gtU: bin(compare + 6),
  leS: bin(compare + 7),
  leU: bin(compare + 8),
  geS: bin(compare + 9),
  geU: bin(compare + 10),
  clz: un(arithmetic),
  ctz: un(arithmetic + 1),
  popcnt: un(arithmetic + 2),
  add: bin(arithmetic + 3),
  sub: bin(arithmetic + 4),
  mul: bin(arithmetic + 5),
  divS: bin(arithmetic + 6),
  divU: bin(arithmetic + 7),
  remS: bin(arithmetic + 8),
  remU: bin(arithmetic + 9),
  and: bin(arithmetic + 10),
  or: bin(arithmetic + 11),
  xor: bin(arithmetic + 12),
  shl: bin(arithmetic + 13),
  shrS: bin(arithmetic + 14),
  shrU: bin(arithmetic + 15),
  rotl: bin(arithmetic + 16),
  rotr: bin(arithmetic + 17),
});

const float = (compare: number, arithmetic: number) => ({
  eq: bin(compare),
  ne: bin(compare + 1),
  lt: bin(compare + 2),
  gt: bin(compare + 3),
  le: bin(compare + 4),
  ge: bin(compare + 5),
  abs: un(arithmetic),
  neg: un(arithmetic + 1),
  ceil: un(arithmetic + 2),
  floor: un(arithmetic + 3),
  trunc: un(arithmetic + 4),
  nearest: un(arithmetic + 5),
  sqrt: un(arithmetic + 6),
  add: bin(arithmetic + 7),
  sub: bin(arithmetic + 8),
  mul: bin(arithmetic + 9),
  div: bin(arithmetic + 10),
  min: bin(arithmetic + 11),
  max: bin(arithmetic + 12),
  copysign: bin(arithmetic + 13),
});

export const i32 = {
  const: (value: number): Code => [0x41, signed(BigInt(value | 0))],
  load: load(2, 0x28),
  load8S: load(0, 0x2c),
  load8U: load(0, 0x2d),
  load16S: load(1, 0x2e),
  load16U: load(1, 0x2f),
  store: store(2, 0x36),
  store8: store(0, 0x3a),
  store16: store(1, 0x3b),
  ...integer(0x45, 0x67),
  wrapI64: un(0xa7),
  truncSatF32S: un(0xfc, 0),
  truncSatF32U: un(0xfc, 1),
  truncSatF64S: un(0xfc, 2),
  truncSatF64U: un(0xfc, 3),
  reinterpretF32: un(0xbc),
  extend8S: un(0xc0),
  extend16S: un(0xc1),
};

export const i64 = {
  const: (value: bigint): Code => [0x42, signed(BigInt.asIntN(64, value))],
  load: load(3, 0x29),
  load8S: load(0, 0x30),
  load8U: load(0, 0x31),
  load16S: load(1, 0x32),
  load16U: load(1, 0x33),
  load32S: load(2, 0x34),
  load32U: load(2, 0x35),
  store: store(3, 0x37),
  store8: store(0, 0x3c),
  store16: store(1, 0x3d),
  store32: store(2, 0x3e),
  ...integer(0x50, 0x79),
  extendI32S: un(0xac),
  extendI32U: un(0xad),
  truncSatF32S: un(0xfc, 4),
  truncSatF32U: un(0xfc, 5),
  truncSatF64S: un(0xfc, 6),
  truncSatF64U: un(0xfc, 7),
  reinterpretF64: un(0xbd),
  extend8S: un(0xc2),
  extend16S: un(0xc3),
  extend32S: un(0xc4),
};

export const f32 = {
  const: (value: number): Code => [0x43, bytesOf((view) => view.setFloat32(0, value, true), 4)],
  load: load(2, 0x2a),
  store: store(2, 0x38),
  ...float(0x5b, 0x8b),
  convertI32S: un(0xb2),
  convertI32U: un(0xb3),
  convertI64S: un(0xb4),
  convertI64U: un(0xb5),
  demoteF64: un(0xb6),
  reinterpretI32: un(0xbe),
};

export const f64 = {
  const: (value: number): Code => [0x44, bytesOf((view) => view.setFloat64(0, value, true), 8)],
  load: load(3, 0x2b),
  store: store(3, 0x39),
  ...float(0x61, 0x99),
  convertI32S: un(0xb7),
  convertI32U: un(0xb8),
  convertI64S: un(0xb9),
  convertI64U: un(0xba),
  promoteF32: un(0xbb),
  reinterpretI64: un(0xbf),
};

export const memory = {
  /** Copies `bytes` bytes; the ranges may overlap. */
  copy: (to: Code, from: Code, bytes: Code): Code => [to, from, bytes, 0xfc, 10, 0, 0],
  fill: (to: Code, byte: Code, bytes: Code): Code => [to, byte, bytes, 0xfc, 11, 0],
};

/** A vector constant of two 64-bit lanes. */
const wide = (low: bigint, high: bigint): Code => [
  simd(12),
  bytesOf((view) => {
    view.setBigInt64(0, BigInt.asIntN(64, low), true);
    view.setBigInt64(8, BigInt.asIntN(64, high), true);
  }, 16),
];

export const v128 = {
  const: wide,
  load: vload(0, 0),
  load8x8S: vload(0, 1),
  load8x8U: vload(0, 2),
  load16x4S: vload(0, 3),
  load16x4U: vload(0, 4),
  load32x2S: vload(0, 5),
  load32x2U: vload(0, 6),
  load8Splat: vload(0, 7),
  load16Splat: vload(0, 8),
  load32Splat: vload(0, 9),
  load64Splat: vload(0, 10),
  load32Zero: vload(0, 92),
  load64Zero: vload(0, 93),
  load8Lane: loadLane(0, 84),
  load16Lane: loadLane(0, 85),
  load32Lane: loadLane(0, 86),
  load64Lane: loadLane(0, 87),
  store: store(0, ...simd(11)),
  store8Lane: loadLane(0, 88),
  store16Lane: loadLane(0, 89),
  store32Lane: loadLane(0, 90),
  store64Lane: loadLane(0, 91),
  not: vun(77),
  and: vbin(78),
  /** a & ~b */
  andnot: vbin(79),
  or: vbin(80),
  xor: vbin(81),
  /** Bits of `a` where `mask` is 1, of `b` where it is 0. */
  bitselect: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(82)],
  anyTrue: vun(83),
};

const compareInts = (op: number) => ({
  eq: vbin(op),
  ne: vbin(op + 1),
  ltS: vbin(op + 2),
  ltU: vbin(op + 3),
  gtS: vbin(op + 4),
  gtU: vbin(op + 5),
  leS: vbin(op + 6),
  leU: vbin(op + 7),
  geS: vbin(op + 8),
  geU: vbin(op + 9),
});

/** What all integer shapes share, at the same places of each opcode page. Shifts take an i32 modulo the lane width. */
const laneInts = (page: number) => ({
  abs: vun(page),
  neg: vun(page + 1),
  allTrue: vun(page + 3),
  bitmask: vun(page + 4),
  shl: vbin(page + 11),
  shrS: vbin(page + 12),
  shrU: vbin(page + 13),
  add: vbin(page + 14),
  sub: vbin(page + 17),
});

const minMax = (op: number) => ({
  minS: vbin(op),
  minU: vbin(op + 1),
  maxS: vbin(op + 2),
  maxU: vbin(op + 3),
});

export const i8x16 = {
  ...laneInts(96),
  ...compareInts(35),
  ...minMax(118),
  splat: vun(15),
  extractLaneS: extract(21),
  extractLaneU: extract(22),
  replaceLane: replace(23),
  popcnt: vun(98),
  narrowI16x8S: vbin(101),
  narrowI16x8U: vbin(102),
  addSatS: vbin(111),
  addSatU: vbin(112),
  subSatS: vbin(114),
  subSatU: vbin(115),
  avgrU: vbin(123),
  /** Bytes of `a` (0–15) and `b` (16–31) picked by constant positions. */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => [a, b, simd(13), [...lanes]],
  swizzle: vbin(14),
};

export const i16x8 = {
  ...laneInts(128),
  ...compareInts(45),
  ...minMax(150),
  splat: vun(16),
  extractLaneS: extract(24),
  extractLaneU: extract(25),
  replaceLane: replace(26),
  mul: vbin(149),
  narrowI32x4S: vbin(133),
  narrowI32x4U: vbin(134),
  extendLowI8x16S: vun(135),
  extendHighI8x16S: vun(136),
  extendLowI8x16U: vun(137),
  extendHighI8x16U: vun(138),
  extmulLowI8x16S: vbin(156),
  extmulHighI8x16S: vbin(157),
};

export const i32x4 = {
  ...laneInts(160),
  ...compareInts(55),
  ...minMax(182),
  splat: vun(17),
  extractLane: extract(27),
  replaceLane: replace(28),
  mul: vbin(181),
  dotI16x8S: vbin(186),
  extendLowI16x8S: vun(167),
  extendHighI16x8S: vun(168),
  extendLowI16x8U: vun(169),
  extendHighI16x8U: vun(170),
  truncSatF32x4S: vun(248),
  truncSatF32x4U: vun(249),
  truncSatF64x2SZero: vun(252),
  truncSatF64x2UZero: vun(253),
};

export const i64x2 = {
  ...laneInts(192),
  splat: vun(18),
  extractLane: extract(29),
  replaceLane: replace(30),
  mul: vbin(213),
  eq: vbin(214),
  ne: vbin(215),
  ltS: vbin(216),
  gtS: vbin(217),
  leS: vbin(218),
  geS: vbin(219),
  extendLowI32x4S: vun(199),
  extendHighI32x4S: vun(200),
  extendLowI32x4U: vun(201),
  extendHighI32x4U: vun(202),
  extmulLowI32x4S: vbin(220),
  extmulHighI32x4S: vbin(221),
  extmulLowI32x4U: vbin(222),
  extmulHighI32x4U: vbin(223),
};

const laneFloats = (compare: number, page: number) => ({
  eq: vbin(compare),
  ne: vbin(compare + 1),
  lt: vbin(compare + 2),
  gt: vbin(compare + 3),
  le: vbin(compare + 4),
  ge: vbin(compare + 5),
  abs: vun(page),
  neg: vun(page + 1),
  sqrt: vun(page + 3),
  add: vbin(page + 4),
  sub: vbin(page + 5),
  mul: vbin(page + 6),
  div: vbin(page + 7),
  /** IEEE minimum: NaN wins, -0 < 0. */
  min: vbin(page + 8),
  max: vbin(page + 9),
  /** b < a ? b : a, one machine instruction. */
  pmin: vbin(page + 10),
  /** a < b ? b : a, one machine instruction. */
  pmax: vbin(page + 11),
});

export const f32x4 = {
  ...laneFloats(65, 224),
  splat: vun(19),
  extractLane: extract(31),
  replaceLane: replace(32),
  ceil: vun(103),
  floor: vun(104),
  trunc: vun(105),
  nearest: vun(106),
  demoteF64x2Zero: vun(94),
  convertI32x4S: vun(250),
  convertI32x4U: vun(251),
};

export const f64x2 = {
  ...laneFloats(71, 236),
  const: (value: number): Code => {
    scratch.setFloat64(0, value);
    const bits = scratch.getBigInt64(0);
    return wide(bits, bits);
  },
  splat: vun(20),
  extractLane: extract(33),
  replaceLane: replace(34),
  ceil: vun(116),
  floor: vun(117),
  trunc: vun(122),
  nearest: vun(148),
  promoteLowF32x4: vun(95),
  convertLowI32x4S: vun(254),
  convertLowI32x4U: vun(255),
};
