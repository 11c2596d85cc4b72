/** Files that workers and the client see at the same paths: read, and written once, whole, whoever dies. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import { TaskError } from '../../../src/engine/errors.js';
import * as tw from '../../../src/index.js';
import { useCluster } from '../support/cluster.js';
import { describeWithDask, startScheduler } from '../support/scheduler.js';
import { type NodeWorker, startWorker } from '../worker/support/process.js';

const folder = mkdtempSync(join(tmpdir(), 'tilework-cluster-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const numpy = (python: string, code: string): string =>
  execFileSync(python, ['-c', `import numpy as np\n${code}`], { encoding: 'utf8', cwd: folder }).trim();

await describeWithDask('files on a cluster', (python) => {
  const on = useCluster(python);

  test('of NumPy are read by workers, slices of them too', async () => {
    numpy(
      python,
      `x = np.arange(600, dtype='i4').reshape(30, 20)
np.save('c.npy', x); np.save('f.npy', np.asfortranarray(x))
np.savez('stored.npz', x=x); np.savez_compressed('deflated.npz', x=x)`,
    );
    const { engine } = on;
    const open = [
      tw.fromNpy(at('c.npy'), { chunks: 7 }),
      tw.fromNpy(at('f.npy'), { chunks: 7 }),
      tw.fromNpz(at('stored.npz'), 'x', { chunks: 7 }),
      tw.fromNpz(at('deflated.npz'), 'x', { chunks: 7 }),
    ];
    const parts = open.flatMap((x) => [x.sum(0).slice('::3'), x.slice('3::5', '-2:').sum()]);
    const expected = numpy(
      python,
      `x = np.load('c.npy'); print(x.sum(0)[::3].tolist(), x[3::5, -2:].sum(), sep='\\n')`,
    ).split('\n');
    const found = await tw.compute(parts, { engine });
    for (let i = 0; i < found.length; i += 2) {
      expect(Array.from((found[i] as tw.NDArray).data, Number)).toEqual(JSON.parse(expected[0]!));
      expect(Number(found[i + 1])).toBe(Number(expected[1]));
    }
  });

  test('are written, whole, and read by others', async () => {
    const { engine } = on;
    const x = tw.arange(600, { chunks: 90 }).reshape([30, 20]).multiply(0.5);
    await tw.toNpy(x, at('out.npy'), { engine });
    await tw.toZarr(x, at('out.zarr'), { engine, chunks: [8, 20] });
    await tw.store([x.T, x.sum(1)], [at('turned.npy'), at('rows.npy')], { engine });
    expect(
      numpy(
        python,
        `x = np.arange(600).reshape(30, 20) / 2; print((np.load('turned.npy') == x.T).all(), (np.load('rows.npy') == x.sum(1)).all())`,
      ),
    ).toBe('True True');
    expect(
      numpy(
        python,
        `x = np.load('out.npy'); print(x.shape, (x == np.arange(600).reshape(30, 20) / 2).all())`,
      ),
    ).toBe('(30, 20) True');
    const back = await tw.fromZarr(at('out.zarr'));
    expect(await tw.compute([back.equal(x).all(), back.sum()], { engine })).toEqual([true, (599 * 600) / 4]);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('that a worker does not see are named, and the worker', async () => {
    const x = tw.fromNpy(at('c.npy'), { chunks: 7 });
    renameSync(at('c.npy'), at('gone.npy'));
    const error: unknown = await x
      .sum()
      .compute({ engine: on.engine })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TaskError);
    expect(String((error as Error).message)).toMatch(
      /cannot read .*c\.npy: no such file or directory \(ENOENT\) \(on tcp:\/\/127/,
    );
  });
});

await describeWithDask('a worker that dies while an array is written', (python) => {
  test('leaves nothing half written', async () => {
    const scheduler = await startScheduler(python);
    const engine = await connect(scheduler.address);
    const workers: NodeWorker[] = [
      await startWorker(scheduler.address),
      await startWorker(scheduler.address),
    ];
    const x = tw.random.defaultRng(5).normal(0, 1, [4000, 200], { chunks: [50, 200] });
    for (const [write, read, name] of [
      [tw.toZarr, tw.fromZarr, 'x.zarr'],
      [tw.toNpy, async (path: string) => tw.fromNpy(path), 'x.npy'],
    ] as const) {
      let killed = false;
      // Not all of it is to be had before one is killed.
      const path = at(`${name} and its worker`);
      const held = x.mapBlocks(
        ({ data }, { blockIndex, out }) => {
          const { existsSync } = process.getBuiltinModule('node:fs');
          while (blockIndex[0]! >= 40 && !existsSync(path))
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
          out.data.set(data);
        },
        { captured: { path } },
      );
      await write(held, at(name), {
        engine,
        onProgress: ({ done, finished }) => {
          if (done < 20 || killed || finished) return;
          killed = true;
          expect(readdirSync(folder)).not.toContain(name);
          workers.shift()!.child.kill('SIGKILL');
          writeFileSync(path, '');
        },
      });
      expect(killed, name).toBe(true);
      const back = await read(at(name));
      expect(await back.equal(x).all().compute()).toBe(true);
      workers.push(await startWorker(scheduler.address));
    }
    expect(readdirSync(folder).filter((entry) => entry.includes('partial'))).toEqual([]);
    await engine.dispose();
  });
});
