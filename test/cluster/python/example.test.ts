/** examples/sklearn.ts prints what scikit-learn gives by itself (`sklearn_direct.py`); Python workers of a cluster on this machine. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { connect, LocalCluster } from '../../../src/cluster/index.js';
import { Client } from '../../../src/futures/index.js';
import { describeWithDask } from '../support/scheduler.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

await describeWithDask(
  'a cluster on this machine, with Python',
  (python) => {
    test('the example fits and predicts as scikit-learn does', async () => {
      const env = { ...process.env, TILEWORK_DASK: python };
      const [example, direct] = await Promise.all([
        run(process.execPath, ['scripts/examples.mjs', 'sklearn'], { cwd: root, env }),
        run(python, ['-B', join(import.meta.dirname, 'sklearn_direct.py')]),
      ]);
      const lines = example.stdout.trim().split('\n');
      const printed = lines.map((line) => {
        const at = line.indexOf(': ');
        return [line.slice(0, at), JSON.parse(line.slice(at + 2))] as const;
      });
      expect(Object.fromEntries(printed)).toEqual(JSON.parse(direct.stdout));
    });

    test('Python workers are started and ended with the others, and not scaled', async () => {
      const cluster = await LocalCluster({ workers: 1, pythonWorkers: 1, dask: python });
      const pids = [...cluster.pids];
      expect(pids).toHaveLength(3);
      await using engine = await connect(cluster.address, { asDefault: false });
      await cluster.scale(0);
      expect(cluster.workers).toEqual([]);
      expect(await new Client(engine).python('builtins:abs', [-3])).toBe(3);
      await cluster.close();
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    });
  },
  'libraries',
);
