/** Workers that are killed while they compute, one after another, until one is left. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Batch, col, count, type DataFrame, fromColumns } from '../../../src/frame/index.js';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { ChaosCluster, eventually } from './support/cluster.js';

const ROWS = 300_000;
const PARTITIONS = 8;
/** After the first is killed, the second … */
const APART_MS = 300;

const ids = Int32Array.from({ length: ROWS }, (_, i) => i);
const keys = ids.map((i) => Math.imul(i, 2654435761) >> 14);
const texts = Array.from(ids, (i) => `row ${Math.imul(i, 40503) >>> 0}`);
const frame = fromColumns({ id: ids, key: keys, text: texts });

/** Its shuffles move every row. */
const sorted: DataFrame = frame.sort('text').select({ id: col('id'), key: col('key') }) as never;
const joined: DataFrame = frame
  .join(frame.groupBy('key').agg({ n: count(), last: col('id').max() }), { on: 'key' })
  .select({ id: col('id'), n: col('n'), last: col('last') })
  .sort('id') as never;

function inOrder(): Record<string, readonly number[]> {
  const id = [...ids].sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  return { id, key: id.map((i) => keys[i]!) };
}

function counted(): Record<string, readonly number[]> {
  const groups = new Map<number, { n: number; last: number }>();
  for (const [id, key] of keys.entries()) groups.set(key, { n: (groups.get(key)?.n ?? 0) + 1, last: id });
  const of = [...keys].map((key) => groups.get(key)!);
  return { id: [...ids], n: of.map(({ n }) => n), last: of.map(({ last }) => last) };
}

const numbersIn = ({ columns }: Batch): Record<string, readonly number[]> =>
  Object.fromEntries(
    columns.map(({ name, values }) => [name, Array.from(values as ArrayLike<number>, Number)]),
  );

/** Three workers, and how two of them are killed. */
async function withKills(
  python: string,
  work: (cluster: ChaosCluster, kill: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const cluster = await ChaosCluster.open(python);
  const workers = await Promise.all([1, 2, 3].map(() => cluster.start()));
  const kill = async (): Promise<void> => {
    workers[0]!.child.kill('SIGKILL');
    await pause(APART_MS);
    workers[1]!.child.kill('SIGKILL');
  };
  await work(cluster, kill);
  // The work may be done before the scheduler notices that the second is gone.
  await eventually(() => cluster.known(), [workers[2]!.address]);
  await cluster.expectEmpty();
  await cluster.close();
}

await describeWithDask('two of three workers that are killed', (python) => {
  test.concurrent('in a tree of sums cost nothing but time', async () => {
    await withKills(python, async (cluster, kill) => {
      const sum = cluster.value(sumTree('killed', 256, 12), 'killed-root');
      await pause(600);
      await kill();
      expect(await sum).toBe(sumBelow(256));
    });
  }, 120_000);

  test.concurrent.each([
    ['a shuffle', sorted, inOrder, undefined],
    ['a join', joined, counted, 0],
  ] as const)(
    'in %s lose no row, and none comes twice',
    async (_, plan, expected, broadcastBytes) => {
      await withKills(python, async (cluster, kill) => {
        let killed: Promise<void> | undefined;
        const batch = await plan.toColumns({
          engine: cluster.engine,
          partitions: PARTITIONS,
          ...(broadcastBytes !== undefined && { broadcastBytes }),
          onProgress: (share) => {
            if (share >= 0.25) killed ??= kill();
          },
        });
        expect(numbersIn(batch)).toEqual(expected());
        await killed!;
      });
    },
    120_000,
  );
});
