/** Hosts that all reach the scheduler, two of which do not reach each other, for as long as the cluster runs. */
import { expect, test } from 'vitest';
import { arange, col, fromRows } from '../../../src/index.js';
import { callTask, graphOf } from '../../engine/support/graphs.js';
import { makeCertificates } from '../support/certificates.js';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { ChaosCluster } from './support/cluster.js';
import { cannot, type Host, Network } from './support/network.js';

await describeWithDask('workers that never reach each other', (python) => {
  test.skipIf(cannot !== '')(
    'compute again what they cannot fetch, say where that does not help, and take it from a third that does',
    async () => {
      const network = await Network.open(4);
      const [home, a, b, c] = network.hosts as [Host, Host, Host, Host];
      const { files: tls, member } = makeCertificates(python);
      const options = { tls, certificates: member, host: home.address, under: home.under };
      const cluster = await ChaosCluster.open(python, options);
      const { engine } = cluster;
      const start = ({ under }: Host, name: string) => cluster.start({ under }, '--name', name);
      const workers = [await start(a, 'a'), await start(b, 'b')];
      network.refuse(a, b);

      expect(await cluster.value(sumTree('apart', 64, 5), 'apart-root')).toBe(sumBelow(64));
      const x = arange(1e6, { chunks: 1e5 }).reshape([1000, 1000]).rechunk([200, 200]);
      const held = await x.persist({ engine });
      // Every block needs another, and half of those are on the other side.
      expect(await held.add(held.transpose()).sum().compute({ engine })).toBe(2 * sumBelow(1e6));
      const rows = Array.from({ length: 4000 }, (_, i) => ({ k: i % 500, v: i }));
      const sums = fromRows(rows)
        .groupBy('k')
        .agg({ v: col('v').sum() })
        .sort('k');
      expect((await sums.rows({ engine, partitions: 6 })).slice(0, 2)).toEqual([
        { k: 0, v: 14_000 },
        { k: 1, v: 14_008 },
      ]);

      // What may be nowhere else is of no use on the other side.
      const on = async (name: string, run: string): Promise<string> => {
        const key = `only-${name}-${run}`;
        await engine.persist(graphOf(callTask(key, '(x) => x', [name])), [key], { workers: [name] });
        return key;
      };
      const both = async (run: string): Promise<unknown> => {
        const keys = [await on('a', run), await on('b', run)];
        const both = callTask(`both-${run}`, '(a, b) => a + b', [{ $input: 0 }, { $input: 1 }], keys);
        try {
          return await cluster.value(graphOf(both), both.key);
        } finally {
          engine.release(keys);
        }
      };
      const text =
        /tls:\S+ cannot fetch 'only-[ab]-lost' from tls:\S+: the two do not reach each other.*it may be computed on certain workers only/;
      await expect(both('lost')).rejects.toThrow(text);
      workers.push(await start(c, 'c'));
      expect(await both('found')).toBe('ab');

      expect(workers.map((worker) => worker.log()).join()).toMatch(/cannot fetch from tls:/);
      await cluster.close();
      network.close();
    },
    120_000,
  );
});
