import { TAIL as EXPONENTIAL_TAIL, exponentialLayers } from './exponential-layers.js';
import { log1pFloat64 } from './log1p.js';
import type { Words } from './words.js';
import { INVERSE_TAIL, TAIL, zigguratTable } from './ziggurat.js';

/** Draws the next number of a distribution. */
export type Variate = () => number;

/** Exponential with mean 1, by the ziggurat. */
export function standardExponential(words: Words): Variate {
  const { accept, width, density } = exponentialLayers();
  return () => {
    for (;;) {
      words.next();
      const layer = (words.low >>> 3) & 255;
      const magnitude = words.upper53();
      const x = magnitude * width[layer]!;
      if (magnitude < accept[layer]!) return x;
      const u = words.unit();
      if (layer === 0) return EXPONENTIAL_TAIL - log1pFloat64(-u);
      const inside = density[layer - 1]!;
      const outside = density[layer]!;
      if ((inside - outside) * u + outside < Math.exp(-x)) return x;
    }
  };
}

/** Normal with mean 0 and standard deviation 1, by the ziggurat: number by number what the kernel draws in rows. */
export function standardNormal(words: Words): Variate {
  const table = zigguratTable('float64').buffer;
  const accept = Float64Array.from(new BigUint64Array(table, 0, 256), Number);
  const width = new Float64Array(table, 2048, 256);
  const density = new Float64Array(table, 4096, 256);
  return () => {
    for (;;) {
      words.next();
      const { low, high } = words;
      const layer = low & 255;
      const magnitude = (high & 0x1fffffff) * 0x800000 + (low >>> 9);
      const x = magnitude * width[layer]! * (low & 0x100 ? -1 : 1);
      if (magnitude < accept[layer]!) return x;
      if (layer === 0) return normalTail(words) * (low & 0x20000 ? -1 : 1);
      const inside = density[layer - 1]!;
      const outside = density[layer]!;
      if ((inside - outside) * words.unit() + outside < Math.exp(-0.5 * x * x)) return x;
    }
  };
}

function normalTail(words: Words): number {
  for (;;) {
    const x = -INVERSE_TAIL * log1pFloat64(-words.unit());
    const y = -log1pFloat64(-words.unit());
    if (y + y > x * x) return TAIL + x;
  }
}

/**
 * Gamma with scale 1. A shape above 1: G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma Variables" (2000); below: J. H.
 * Ahrens and U. Dieter's method of 1974, whose powers a C library may round differently in the last digit.
 */
export function standardGamma(words: Words, shape: number): Variate {
  if (shape === 0) return () => 0;
  const exponential = standardExponential(words);
  if (shape === 1) return exponential;
  return shape < 1 ? smallGamma(words, shape, exponential) : largeGamma(words, shape);
}

function smallGamma(words: Words, shape: number, exponential: Variate): Variate {
  const power = 1 / shape;
  return () => {
    for (;;) {
      const u = words.unit();
      const v = exponential();
      if (u <= 1 - shape) {
        const x = u ** power;
        if (x <= v) return x;
      } else {
        const y = -Math.log((1 - u) / shape);
        const x = (1 - shape + shape * y) ** power;
        if (x <= v + y) return x;
      }
    }
  };
}

function largeGamma(words: Words, shape: number): Variate {
  const normal = standardNormal(words);
  const b = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * b);
  return () => {
    for (;;) {
      let x = 0;
      let root = 0;
      do {
        x = normal();
        root = 1 + c * x;
      } while (root <= 0);
      const v = root * root * root;
      const u = words.unit();
      if (u < 1 - 0.0331 * (x * x) * (x * x)) return b * v;
      if (Math.log(u) < 0.5 * x * x + b * (1 - v + Math.log(v))) return b * v;
    }
  };
}
