/** Workers whose disk is full. */
import { expect, test } from 'vitest';
import { SpillError, TaskError } from '../../../src/engine/errors.js';
import { col, fromColumns } from '../../../src/frame/index.js';
import { arange } from '../../../src/index.js';
import { rejection } from '../../engine/support/graphs.js';
import { cannot, withDisk } from '../../faults/disk.js';
import { folders } from '../../support/files.js';
import { describeWithDask } from '../support/scheduler.js';
import { ChaosCluster } from './support/cluster.js';

const folder = folders();

const ROWS = 300_000;

await describeWithDask('a worker whose disk is full', (python) => {
  /** A cluster of one worker that has 8 MiB of disk. */
  const withLittleDisk = async (...args: readonly string[]) => {
    const cluster = await ChaosCluster.open(python);
    const disk = folder();
    const worker = await cluster.start({ under: withDisk(disk) }, '--local-directory', disk, ...args);
    return { cluster, worker };
  };

  test.skipIf(cannot !== '').concurrent(
    'says so of blocks, and computes what fits',
    async () => {
      const { cluster, worker } = await withLittleDisk('--memory-limit', '400MiB');
      const { engine } = cluster;
      const error = (await rejection(arange(80e6, { chunks: 2e6 }).add(1).persist({ engine }))) as Error;
      expect(error).toBeInstanceOf(TaskError);
      expect(error.message).toMatch(/SpillError: cannot write .* the disk is full; free space there/);
      expect(error.message).toContain(worker.address);
      expect(await arange(1e6, { chunks: 1e5 }).sum().compute({ engine })).toBe((1e6 * (1e6 - 1)) / 2);
      await cluster.expectEmpty();
      await cluster.close();
    },
    120_000,
  );

  test.skipIf(cannot !== '').concurrent(
    'says so of frames, and computes what fits',
    async () => {
      const { cluster, worker } = await withLittleDisk();
      const { engine } = cluster;
      const noise = (seed: number): Float64Array =>
        Float64Array.from({ length: ROWS }, (_, i) => Math.sin(seed * i * 12.9898) * 43758.5453);
      const frame = fromColumns(Object.fromEntries([...'abcdefgh'].map((name, i) => [name, noise(i + 1)])));
      const error = (await rejection(frame.sort('a').toColumns({ engine, partitions: 8 }))) as Error;
      expect(error).toBeInstanceOf(SpillError);
      expect(error.message).toMatch(/full|No space left|ENOSPC/);
      expect(error.message).toContain(worker.address);
      // What it had is removed, so it is of use again.
      const little = fromColumns({ id: Int32Array.from({ length: 1000 }, (_, i) => i) });
      expect(await little.filter(col('id').lt(10)).count({ engine, partitions: 2 })).toBe(10);
      await cluster.expectEmpty();
      await cluster.close();
    },
    120_000,
  );
});
