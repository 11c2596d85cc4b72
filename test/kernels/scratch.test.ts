import { expect, test } from 'vitest';
import type { DType } from '../../src/kernels/dtype.js';
import type { Fold, FusedSpec } from '../../src/kernels/spec.js';
import { cellBytes, outputsOf } from '../../src/kernels/wasm/cells.js';
import { frameOf } from '../../src/kernels/wasm/frame.js';
import { prepare } from '../../src/kernels/wasm/program.js';
import { scratchFor } from '../../src/kernels/wasm/scratch.js';

const FOLDS: readonly Fold['fold'][] = [
  ...(['sum', 'prod', 'min', 'max', 'fmin', 'fmax', 'any', 'all'] as const),
  ...(['argmin', 'argmax', 'nanargmin', 'nanargmax', 'moments', 'nanmoments'] as const),
];
const DTYPES: readonly DType[] = ['bool', 'int8', 'uint16', 'int64', 'uint64', 'float32', 'float64'];

/** What the compiled loop's frame and cells take. */
function taken(spec: FusedSpec): number {
  const program = prepare(spec);
  return frameOf(program, outputsOf(program).length).bytes + cellBytes(program);
}

test.each(FOLDS)('the scratch asked for is enough for the cells of %s', (fold) => {
  for (const dtype of DTYPES) {
    const nodes: FusedSpec['nodes'] = [
      { op: 'input', input: 0, dtype: fold.includes('moments') ? 'float64' : dtype },
      { op: 'index', axis: 0, dtype: 'int64' },
    ];
    const output = { kind: 'fold', fold, node: 0, index: 1, dtype } as unknown as Fold;
    const spec: FusedSpec = {
      inputs: [nodes[0]!.dtype],
      nodes,
      rank: 1,
      outputs: [output, output],
      reduce: [0],
    };
    expect(scratchFor(spec, [0])).toBeGreaterThanOrEqual(taken(spec));
  }
});

test('the scratch asked for is enough for the frame of a map', () => {
  const nodes: FusedSpec['nodes'] = [
    ...Array.from({ length: 9 }, (_, param) => ({ op: 'param', param, dtype: 'float64' }) as const),
    ...Array.from({ length: 3 }, (_, axis) => ({ op: 'index', axis, dtype: 'float64' }) as const),
    { op: 'input', input: 1, dtype: 'float64' },
  ];
  const outputs = nodes.map((_, node) => ({ kind: 'map', node, dtype: 'float64' }) as const);
  const spec: FusedSpec = { inputs: ['int8', 'float64'], nodes, rank: 3, outputs };
  expect(scratchFor(spec, [1, 0, 1])).toBeGreaterThanOrEqual(taken(spec));
});
