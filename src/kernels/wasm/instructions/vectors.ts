/** The instructions of fixed-width SIMD, by the shape of their lanes. */
import { type Code, unsigned } from '../code.js';
import { type Binary, bin, bytesOf, type Load, load, store, type Unary, un } from './encoding.js';

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
  const: (value: number): Code => [
    simd(12),
    bytesOf((view) => {
      view.setFloat64(0, value, true);
      view.setFloat64(8, value, true);
    }, 16),
  ],
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
