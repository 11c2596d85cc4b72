// Exchanges of a frame: on a small disk, until it is told to stop, or until its engine is disposed of. Prints the error and what is left.
import { pbkdf2 } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tw from 'tilework';
import { col, fromColumns } from 'tilework/frame';

const [what, disk] = process.argv.slice(2);
const spillDirectory = join(disk, 'spill');
const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '1GB', spillDirectory });
const files = () =>
  readdirSync(spillDirectory, { recursive: true }).filter((name) => name.endsWith('.parquet'));
const rows = 3_000_000;
const frame = fromColumns({
  key: Int32Array.from({ length: rows }, (_, i) => Math.imul(i, 2654435761) >> 8),
  x: Float64Array.from({ length: rows }, (_, i) => Math.sin(i) * i),
});
const medians = frame.groupBy('key').agg({ x: col('x').median() });

if (what === 'disk') {
  const error = await medians.count({ engine, partitions: 8 }).then(
    () => undefined,
    (e) => ({ name: e.name, message: e.message }),
  );
  const left = files();
  const after = await fromColumns({ x: [1, 2] }).count({ engine, partitions: 2 });
  await engine.dispose();
  console.log(JSON.stringify({ error, left, after, end: readdirSync(disk, { recursive: true }) }));
} else if (what === 'connecting') {
  await fromColumns({ x: [1, 2] }).count({ engine });
  // Node's threads are occupied: the frame's connection to the database is still to be made when the engine ends.
  for (let i = 0; i < 4; i++) pbkdf2('', '', 200_000, 64, 'sha512', () => {});
  const error = fromColumns({ x: [1, 2] })
    .count({ engine })
    .catch(({ name }) => name);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await engine.dispose();
  console.log(JSON.stringify({ error: await error, end: readdirSync(disk, { recursive: true }) }));
} else {
  // 'signal': runs until somebody ends it; 'idle': has computed, and has nothing more to do.
  await medians.count({ engine, partitions: 2 });
  console.log(JSON.stringify({ spill: readdirSync(spillDirectory).length }));
  while (what === 'signal') await medians.count({ engine, partitions: 8 });
}
