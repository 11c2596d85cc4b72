// What fused loops cost on one core: milliseconds for a million elements, beside NumPy's if a Python is given.
// node bench/kernels.mjs [python] [--only=sum,exp]
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const python = process.argv.slice(2).find((a) => !a.startsWith('--'));
const only = process.argv
  .find((a) => a.startsWith('--only='))
  ?.slice(7)
  .split(',');

const { outputFiles } = await build({
  entryPoints: [new URL('../src/kernels/fused.ts', import.meta.url).pathname],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { compileFused, scratchFor } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);

const N = 1 << 20;
const SIDE = 1024;
const THIRD = Math.floor(N / 3);
const MB = 1 << 20;
const memory = new WebAssembly.Memory({ initial: 2048, maximum: 65536, shared: true });
const at = {
  a: 0,
  b: 8 * MB,
  mask: 16 * MB,
  i: 24 * MB,
  j: 32 * MB,
  out: 40 * MB,
  out2: 56 * MB,
  scratch: 64 * MB,
};
for (let k = 0; k < N; k++) {
  new Float64Array(memory.buffer, at.a)[k] = Math.random() * 4 - 2;
  new Float64Array(memory.buffer, at.b)[k] = Math.random() * 4 - 2;
  new Uint8Array(memory.buffer, at.mask)[k] = Math.random() < 0.5 ? 1 : 0;
  new Int32Array(memory.buffer, at.i)[k] = Math.random() * 2000 - 1000;
  new Int32Array(memory.buffer, at.j)[k] = 1 + Math.random() * 100;
}

const dtypes = { a: 'float64', b: 'float64', mask: 'bool', i: 'int32', j: 'int32' };
const node = (op, args, dtype = 'float64') => ({ op, args, dtype });
const ABS = node('abs', [0]);

/** [name, Python expression, inputs with strides, nodes after them, fold or dtype of the map, shape, reduced axes] */
const line = (inputs) => inputs.map((name) => [name, [1]]);
const map1 = (name, numpy, inputs, nodes, dtype = 'float64') => ({
  name,
  numpy,
  inputs: line(inputs),
  nodes,
  dtype,
  shape: [N],
});
const map2 = (name, numpy, inputs, nodes, shape = [SIDE, SIDE]) => ({
  name,
  numpy,
  inputs,
  nodes,
  dtype: 'float64',
  shape,
});
const fold = (name, numpy, kind, inputs, nodes, shape, reduce) => ({
  name,
  numpy,
  kind,
  inputs,
  nodes,
  shape,
  reduce,
});
const A2 = [['a', [SIDE, 1]]];
const A3 = [['a', [3, 1]]];
const pythagoras = [
  node('sin', [0]),
  node('cos', [0]),
  node('square', [1]),
  node('square', [2]),
  node('add', [3, 4]),
];

const cases = [
  map1('add', 'np.add(a, b, out=o)', ['a', 'b'], [node('add', [0, 1])]),
  map1('where(mask, a, b)', 'np.where(m, a, b)', ['mask', 'a', 'b'], [node('where', [0, 1, 2])]),
  ...['exp', 'sin', 'tanh', 'expm1', 'arctan', 'cbrt'].map((f) =>
    map1(f, `np.${f}(a, out=o)`, ['a'], [node(f, [0])]),
  ),
  ...['log', 'log1p', 'log10'].map((f) =>
    map1(`${f}|a|`, `np.${f}(np.abs(a, out=o), out=o)`, ['a'], [ABS, node(f, [1])]),
  ),
  map1(
    '|a| ** b',
    'np.power(np.abs(a, out=o), b, out=o)',
    ['a', 'b'],
    [node('abs', [0]), node('power', [2, 1])],
  ),
  map1('a % b', 'np.remainder(a, b, out=o)', ['a', 'b'], [node('remainder', [0, 1])]),
  map1(
    'i // j, int32',
    'np.floor_divide(i, j)',
    ['i', 'j'],
    [node('floor_divide', [0, 1], 'int32')],
    'int32',
  ),
  map2('a + b.T', 'np.add(A, B.T, out=O)', [...A2, ['b', [1, SIDE]]], [node('add', [0, 1])]),
  map2('a + row', 'np.add(A, B[0], out=O)', [...A2, ['b', [0, 1]]], [node('add', [0, 1])]),
  map2('(n, 3) + (3)', 'C + b[:3]', [...A3, ['b', [0, 1]]], [node('add', [0, 1])], [THIRD, 3]),
  map2(
    'a[::2] + b[::2]',
    'np.add(a[::2], b[::2])',
    [
      ['a', [2]],
      ['b', [2]],
    ],
    [node('add', [0, 1])],
    [N / 2],
  ),
  fold('sum', 'a.sum()', 'sum', line(['a']), [], [N], [0]),
  fold('max', 'a.max()', 'max', line(['a']), [], [N], [0]),
  fold('argmax', 'a.argmax()', 'argmax', line(['a']), [], [N], [0]),
  fold('var', 'a.var()', 'moments', line(['a']), [], [N], [0]),
  fold('sum, axis 0', 'A.sum(0)', 'sum', A2, [], [SIDE, SIDE], [0]),
  fold('sum, axis 1', 'A.sum(1)', 'sum', A2, [], [SIDE, SIDE], [1]),
  fold('var, axis 0', 'A.var(0)', 'moments', A2, [], [SIDE, SIDE], [0]),
  fold('var, axis 1', 'A.var(1)', 'moments', A2, [], [SIDE, SIDE], [1]),
  fold('sum of (n, 3), axis 1', 'C.sum(1)', 'sum', A3, [], [THIRD, 3], [1]),
  fold('mean(sin² + cos²)', '(np.sin(a)**2 + np.cos(a)**2).mean()', 'sum', line(['a']), pythagoras, [N], [0]),
];

function specOf({ inputs, nodes, kind, dtype, shape, reduce }) {
  const leaves = inputs.map(([name], input) => ({ op: 'input', input, dtype: dtypes[name] }));
  const all = [...leaves, ...nodes];
  const last = all.length - 1;
  if (kind === 'argmax') all.push({ op: 'index', axis: 0, dtype: 'int64' });
  const outputs = kind
    ? [{ kind: 'fold', fold: kind, node: last, index: all.length - 1, dtype: 'float64' }]
    : [{ kind: 'map', node: last, dtype }];
  return {
    inputs: leaves.map((l) => l.dtype),
    nodes: all,
    rank: shape.length,
    outputs,
    ...(reduce && { reduce }),
  };
}

/** Milliseconds of the first run, and of the best of many. */
function ours(c) {
  const spec = specOf(c);
  const began = performance.now();
  const kernel = compileFused(spec);
  const two = c.kind === 'argmax' || c.kind === 'moments';
  const call = {
    shape: c.shape,
    inputs: c.inputs.map(([name, strides]) => ({ address: at[name], strides })),
    params: [],
    outputs: two ? [at.out, at.out2] : [at.out],
    scratch: { address: at.scratch, bytes: scratchFor(spec, c.shape) },
  };
  kernel.run(memory, call);
  const first = performance.now() - began;
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 40; k++) {
    const start = performance.now();
    kernel.run(memory, call);
    best = Math.min(best, performance.now() - start);
  }
  return { first, best };
}

const PEER = `
import json, sys, time
import numpy as np
n = ${N}
rng = np.random.default_rng(0)
a, b, o = rng.uniform(-2, 2, n), rng.uniform(-2, 2, n), np.empty(n)
m = rng.uniform(size=n) < 0.5
i, j = rng.integers(-1000, 1000, n).astype(np.int32), rng.integers(1, 100, n).astype(np.int32)
A, B, O = a.reshape(${SIDE}, -1), b.reshape(${SIDE}, -1), o.reshape(${SIDE}, -1)
C = a[: ${3 * THIRD}].reshape(-1, 3)
best = []
for code in json.loads(sys.argv[1]):
    run = eval("lambda: " + code)
    times = []
    for _ in range(15):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    best.append(min(times) * 1000)
print(json.dumps([np.__version__, best]))
`;

const chosen = cases.filter((c) => !only || only.some((name) => c.name.includes(name)));
const results = chosen.map(ours);
let peer;
if (python) {
  const args = ['-c', PEER, JSON.stringify(chosen.map((c) => c.numpy))];
  const { stdout, stderr, status } = spawnSync(python, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`${python}: ${stderr}`);
  const [version, times] = JSON.parse(stdout);
  peer = times;
  console.log(
    `Node ${process.version}, NumPy ${version}; milliseconds for ${N} elements, best of many, one core`,
  );
}
const cell = (value) => value.toFixed(2).padStart(9);
console.log(`${''.padEnd(24)}     first     best${peer ? '     NumPy    ratio' : ''}`);
chosen.forEach(({ name }, k) => {
  const { first, best } = results[k];
  const beside = peer ? cell(peer[k]) + cell(peer[k] / best) : '';
  console.log(name.padEnd(24) + cell(first) + cell(best) + beside);
});
