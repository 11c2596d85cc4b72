/**
 * A model of scikit-learn, fitted by Python block by block, and used by Python and by this program. It needs a Python with distributed,
 * NumPy and scikit-learn: `TILEWORK_DASK=…/bin/python`.
 */
import { arange, Client, connect, LocalCluster } from 'tilework';

await using cluster = await LocalCluster({ workers: 1, pythonWorkers: 1 });
await using engine = await connect(cluster.address);
const client = new Client(engine);

interface Block {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

// Points on a plane in blocks of 500, and on which side of a line they lie. All numbers are exact, so that scikit-learn sees the same.
const i = arange(4000, { chunks: 500 });
const x = i.multiply(7919).mod(1009).divide(1024);
const y = i.multiply(104_729).mod(2003).divide(2048);
const points = x
  .reshape([4000, 1])
  .multiply([1, 0])
  .add(y.reshape([4000, 1]).multiply([0, 1]));
const sides = x.add(y).greater(1).astype('int64');
const starts = Array.from({ length: 8 }, (_, k) => 500 * k);
const part = (from: number) => `${from}:${from + 500}`;

// Each step hands the model on: it stays on the Python worker.
let model = client.python('sklearn.linear_model:SGDClassifier', [], { random_state: 0, alpha: 0.001 });
for (const from of starts)
  model = client.python('sklearn.linear_model:SGDClassifier.partial_fit', [
    model,
    points.slice(part(from)),
    sides.slice(part(from)),
    [0, 1],
  ]);

// Its weights are an array here.
const [weights, intercept] = await client.gather([
  client.python<Block>('builtins:getattr', [model, 'coef_']),
  client.python<Block>('builtins:getattr', [model, 'intercept_']),
]);
console.log('weights:', JSON.stringify([...weights.data]));
console.log('intercept:', JSON.stringify([...intercept.data]));

// Predictions by Python, a block a call, counted in JavaScript where they are.
const counts = starts.map((from) => {
  const predicted = client.python<{ readonly data: BigInt64Array }>(
    'sklearn.linear_model:SGDClassifier.predict',
    [model, points.slice(part(from))],
  );
  return client.submit(
    ({ data }: { readonly data: BigInt64Array }) => Number(data.reduce((a, b) => a + b)),
    predicted,
  );
});
console.log('predicted by Python:', JSON.stringify(await client.gather(counts)));

// Predictions by this program, on all blocks.
const [a, b] = weights.data;
const scores = points.matmul([[a!], [b!]]).add(intercept.data[0]!);
const right = scores.greater(0).reshape([4000]).equal(sides.equal(1));
console.log('right:', JSON.stringify(await right.astype('float64').sum().compute()));
