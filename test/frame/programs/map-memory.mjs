// A function over ten million rows, and an aggregate, within a memory limit: prints the peak resident size, in bytes.
import { mkdirSync } from 'node:fs';
import { aggregate, col, count, LocalEngine, readParquet } from '../../../dist/esm/index.js';
import { peakResident } from './peak.mjs';

const [directory, limit] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const engine = new LocalEngine({ threads: 2, memoryLimit: Number(limit), spillDirectory: directory });
const rows = 10_000_000;

const { fromArray, arange } = await import('../../../dist/esm/index.js');
const numbers = fromArray(arange(0, rows, 1, { chunks: [500_000] }), 'x');
const mapped = numbers.apply(({ x }) => ({ half: x / 2, text: `row ${x % 1000}`, at: new Date(x * 1000) }), {
  schema: { half: 'float64', text: 'string', at: 'timestamp' },
  keep: true,
});
const path = `${directory}/mapped.parquet`;
await mapped.toParquet(path, { engine });
const again = await readParquet(path, { engine });
const total = aggregate({
  takes: ['float64'],
  type: 'float64',
  chunk: (x) => x.values.reduce((a, b) => a + b, 0),
  combine: (parts) => parts.reduce((a, b) => a + b, 0),
});
const found = await again
  .groupBy('text')
  .agg({ n: count(), half: total('half') })
  .agg({ n: col('n').sum(), groups: count(), half: col('half').sum() })
  .rows({ engine });
const array = await again.toArray(['x', 'half'], { engine });
const sums = await array.sum(0).compute({ engine });
const peak = peakResident();
console.log(JSON.stringify({ found, sums: sums.tolist(), peak }));
await engine.dispose();
