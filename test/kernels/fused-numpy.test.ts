import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DType, itemsize, type TypedArray, viewOf } from '../../src/kernels/dtype.js';
import type { ElementFn, Fold, FusedSpec } from '../../src/kernels/spec.js';
import { functionSpec, input, listOf, runFused, ulpsApart } from './run-fused.js';

interface Truth {
  shape: number[];
  cases: { fn: ElementFn; dtype: DType; args: string[]; out: string; to: DType; n: number; ulps: number }[];
  casts: { from: DType; to: DType; n: number; in: string; out: string }[];
  folds: { fold: Fold['fold']; dtype: DType; in: string; axes: number[]; outs: [DType, string][] }[];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

const file = new URL('../truth/kernels.json.gz', import.meta.url);
const truth = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Truth;

function decode(text: string, dtype: DType): TypedArray {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return viewOf(dtype, bytes.buffer, 0, bytes.byteLength / itemsize(dtype));
}

/** Lists where results differ by more than `ulps`, with the arguments that gave them. */
function differences(
  got: TypedArray,
  want: TypedArray,
  dtype: DType,
  ulps: number,
  args: readonly TypedArray[],
) {
  const wanted = listOf(want);
  return listOf(got).flatMap((value, k) => {
    const other = wanted[k]!;
    const apart =
      typeof value === 'number' && typeof other === 'number' && dtype.startsWith('float')
        ? ulpsApart(value, other, dtype)
        : value === other
          ? 0
          : Number.POSITIVE_INFINITY;
    return apart <= ulps ? [] : [`(${args.map((a) => a[k])}) = ${value}, not ${other}`];
  });
}

const one = (dtype: DType, fn: string): DType => (fn === 'where' ? 'bool' : dtype);

describe('elementwise functions give what NumPy gives', () => {
  const byName = groupBy(truth.cases, (c) => c.fn);
  it.each([...byName])('%s', (fn, cases) => {
    for (const c of cases) {
      const dtypes = c.args.map((_, k) => (k === 0 ? one(c.dtype, fn) : c.dtype));
      const args = c.args.map((text, k) => decode(text, dtypes[k]!));
      const spec = functionSpec(c.fn, dtypes, c.to);
      const [got] = runFused(
        spec,
        [c.n],
        args.map((data) => ({ data })),
      );
      expect(differences(got!, decode(c.out, c.to), c.to, c.ulps, args), `${fn} of ${c.dtype}`).toEqual([]);
      // seven elements are too few for a vector: each alone must give what it gives among many
      const pieces: (number | bigint)[] = [];
      for (let at = 0; at < c.n; at += 7) {
        const piece = args.map((data) => ({ data, offset: at }));
        pieces.push(...listOf(runFused(spec, [Math.min(7, c.n - at)], piece)[0]!));
      }
      expect(pieces, `${fn} of ${c.dtype}, a few elements at a time`).toEqual(listOf(got!));
    }
  });
});

describe('casts give what NumPy gives', () => {
  it.each([...groupBy(truth.casts, (c) => c.from)])('from %s', (_, casts) => {
    for (const { from, to, n, in: values, out } of casts) {
      const data = decode(values, from);
      const spec: FusedSpec = {
        inputs: [from],
        nodes: [input(0, from), { op: 'cast', args: [0], dtype: to }],
        rank: 1,
        outputs: [{ kind: 'map', node: 1, dtype: to }],
      };
      const [got] = runFused(spec, [n], [{ data }]);
      expect(differences(got!, decode(out, to), to, 0, [data]), `${from} to ${to}`).toEqual([]);
    }
  });
});

describe('folds give what NumPy gives', () => {
  const { shape } = truth;
  it.each([...groupBy(truth.folds, (f) => f.fold)])('%s', (_, cases) => {
    for (const { fold, dtype, in: values, axes, outs } of cases) {
      const data = decode(values, dtype);
      const spec: FusedSpec = {
        inputs: [dtype],
        nodes: [input(0, dtype), ...linearIndex(axes)],
        rank: 3,
        reduce: axes,
        outputs: [
          { kind: 'fold', fold, node: 0, index: linearIndex(axes).length, dtype: outs[0]![0] } as Fold,
        ],
      };
      const got = runFused(spec, shape, [{ data }]);
      outs.forEach(([to, out], k) => {
        const ulps = ['sum', 'prod', 'moments', 'nanmoments'].includes(fold) ? 4 : 0;
        expect(
          differences(got[k]!, decode(out, to), to, ulps, []),
          `${fold} of ${dtype} over ${axes}`,
        ).toEqual([]);
      });
    }
  });

  /** Nodes for the position among the elements folded, in C order. */
  function linearIndex(axes: readonly number[]): FusedSpec['nodes'] {
    const nodes: FusedSpec['nodes'][number][] = [{ op: 'index', axis: axes[0]!, dtype: 'int64' }];
    for (const axis of axes.slice(1)) {
      const before = nodes.length;
      nodes.push({ op: 'const', value: BigInt(shape[axis]!), dtype: 'int64' });
      nodes.push({ op: 'multiply', args: [before, before + 1], dtype: 'int64' });
      nodes.push({ op: 'index', axis, dtype: 'int64' });
      nodes.push({ op: 'add', args: [before + 2, before + 3], dtype: 'int64' });
    }
    return nodes;
  }
});

describe('division of integers by a constant', () => {
  const divisors = {
    int8: [7, -3, 1, -1, 0, -128],
    int64: [10, -7, 2],
    uint8: [3, 200, 0],
    uint64: [10],
    int32: [-5, 16],
  };
  it.each(Object.entries(divisors))('%s', (name, list) => {
    const dtype = name as DType;
    const values = truth.cases.find((c) => c.fn === 'abs' && c.dtype === dtype)!.args[0]!;
    const data = decode(values, dtype);
    for (const divisor of list)
      for (const fn of ['floor_divide', 'remainder', 'fmod'] as const) {
        const value = itemsize(dtype) === 8 ? BigInt(divisor) : divisor;
        const spec: FusedSpec = {
          inputs: [dtype],
          nodes: [input(0, dtype), { op: 'const', value, dtype }, { op: fn, args: [0, 1], dtype }],
          rank: 1,
          outputs: [{ kind: 'map', node: 2, dtype }],
        };
        const divisors = data.map(() => value as never) as TypedArray;
        const general = runFused(
          functionSpec(fn, [dtype, dtype], dtype),
          [data.length],
          [{ data }, { data: divisors }],
        );
        expect(runFused(spec, [data.length], [{ data }]), `${fn} by ${divisor}`).toEqual(general);
      }
  });
});
