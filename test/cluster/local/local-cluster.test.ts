/** A cluster on this machine: the real scheduler and real workers, as many as there is work for, and nothing left of them afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ClusterEngine, connect, LocalCluster } from '../../../src/cluster/index.js';
import { arange, Client, defaultEngine, fromFunction, LocalEngine } from '../../../src/index.js';
import { folders } from '../../support/files.js';
import { describeWithDask } from '../support/scheduler.js';

const folder = folders();

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await holds()); i++) {
    if (i > 600) throw new Error('did not come about within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Sockets that a process and its children listen on that others than this machine reach. */
function reachable(pid: number): readonly string[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  const own = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.includes(inode!))
      .map(([, address]) => address!)
      // 127.0.0.0/8, its bytes in the order of the machine's.
      .filter((address) => !/^[0-9A-F]{6}7F:/.test(address)),
  );
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? [];
  return [...own, ...children.flatMap((child) => reachable(Number(child)))];
}

await describeWithDask('a cluster on this machine', (dask) => {
  let cluster: LocalCluster;
  let engine: ClusterEngine;
  beforeAll(async () => {
    const config = { 'distributed.scheduler.validate': true };
    cluster = await LocalCluster({ workers: 2, dask, config, memoryLimit: '400MB' });
    engine = await connect(cluster.address);
  });
  afterAll(async () => {
    await engine?.dispose();
    await cluster?.close();
  });

  test('computes what the engine of this process computes', async () => {
    const sums = arange(100_000, { chunks: 10_000 }).multiply(2).sum();
    expect(await sums.compute()).toBe(9_999_900_000);
    expect(await sums.compute({ engine: new LocalEngine({ threads: 1 }) })).toBe(9_999_900_000);
  });

  test('shows what functions print, as threads of this process do', async () => {
    const printed: string[] = [];
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => printed.push(`${name}: ${text}`) > 0),
    );
    const speak = (what: string) => {
      console.log(what, 1);
      console.error(what, 2);
    };
    await new Client(engine).submit(speak, 'a line');
    await eventually(() => printed.length >= 2);
    for (const spy of spies) spy.mockRestore();
    expect(printed.sort()).toEqual(['stderr: a line 2\n', 'stdout: a line 1\n']);
  });

  test.skipIf(process.platform !== 'linux')(
    'is not to be reached from elsewhere, and has no fewer workers of Python when one dies',
    async () => {
      await using other = await LocalCluster({ workers: 1, pythonWorkers: 1, dask, dashboard: ':0' });
      expect([...cluster.pids, ...other.pids].flatMap(reachable)).toEqual([]);
      await using beside = await connect(other.address, { asDefault: false });
      const client = new Client(beside);
      const pid = () => client.with({ pure: false }).python<number>('os:getpid');
      const first = await pid();
      const before = (await client.workers()).map(({ address }) => address);
      expect(other.pids).toContain(first);
      process.kill(first, 'SIGKILL');
      await eventually(async () => {
        const others = (await client.workers()).filter(({ language }) => language === 'python');
        return others.some(({ address }) => !before.includes(address));
      });
      expect(await pid()).not.toBe(first);
      const { pids } = other;
      void other.close();
      await other.close();
      expect(pids.filter(isAlive)).toEqual([]);
    },
  );

  test('is what computes until one leaves it', async () => {
    expect(defaultEngine()).toBe(engine);
    expect(inspect([cluster])).toBe(`[ tilework.LocalCluster<${cluster.address}, workers=2> ]`);
    expect(inspect({ engine })).toBe(`{ engine: tilework.ClusterEngine<${cluster.address}> }`);
    const second = await connect(cluster);
    expect(second.address).toBe(cluster.address);
    expect(defaultEngine()).toBe(second);
    const last = await connect(cluster.address);
    await second.dispose();
    expect(defaultEngine()).toBe(last);
    await last.dispose();
    expect(defaultEngine()).toBe(engine);
    await using third = await connect(cluster.address, { asDefault: false });
    expect(defaultEngine()).toBe(engine);
    expect(await arange(10).sum().compute({ engine: third })).toBe(45);
  });

  test('has more workers and fewer, and loses no result by that', async () => {
    const [held] = [await arange(50_000, { chunks: 5000 }).persist({ engine })];
    await Promise.all([cluster.scale(3), cluster.scale(3)]);
    expect(cluster.workers).toHaveLength(3);
    await cluster.scale(1);
    expect(cluster.workers).toHaveLength(1);
    expect(await held.sum().compute({ engine })).toBe(1_249_975_000);
  });

  test('follows the work there is', async () => {
    cluster.adapt({ minimum: 1, maximum: 3, interval: 100, targetDuration: '1s', patience: 2 });
    // There is work until there are more workers.
    const path = join(folder(), 'more are there');
    const slow = fromFunction(
      (i) => {
        const { existsSync } = process.getBuiltinModule('node:fs');
        while (!existsSync(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        return i;
      },
      [24],
      { chunks: 1, captured: { path } },
    );
    const sum = slow.sum().compute({ engine });
    await eventually(() => cluster.workers.length > 1);
    writeFileSync(path, '');
    expect(await sum).toBe(276);
    await eventually(() => cluster.workers.length === 1);
  });

  test('warns where workers cannot be started time after time, and has them as soon as they can', async () => {
    await using other = await LocalCluster({ workers: 0, dask });
    const { options } = other as unknown as { options: object };
    Object.assign(options, { timeout: 0 });
    const warned = once(process, 'warning');
    other.adapt({ minimum: 1, maximum: 1, interval: 10 });
    const [warning] = (await warned) as [Error];
    expect(warning.name).toBe('LocalClusterError');
    expect(warning.message).toMatch(
      /^adapt has failed 3 times in a row, and goes on trying: worker node-2 was not ready within 0 s/,
    );
    Object.assign(options, { timeout: 60_000 });
    await using client = await connect(other.address, { asDefault: false });
    expect(await arange(10).sum().compute({ engine: client })).toBe(45);
  });

  test('leaves no process behind, however the program ends', async () => {
    const program = `
      import { LocalCluster } from ${JSON.stringify(join(import.meta.dirname, '../../../dist/esm/cluster.js'))};
      const cluster = await LocalCluster({ workers: 1, dask: ${JSON.stringify(dask)} });
      console.log(JSON.stringify(cluster.pids));
      setInterval(() => {}, 1000);`;
    for (const [signal, also] of [['SIGINT'], ['SIGKILL'], ['SIGKILL', 'the scheduler']] as const) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      const pids = JSON.parse(said.toString()) as number[];
      expect(pids).toHaveLength(2);
      expect(pids.every(isAlive)).toBe(true);
      if (also) process.kill(pids[0]!, 'SIGKILL');
      child.kill(signal);
      await eventually(() => !pids.some(isAlive));
    }
  });

  test('ends a worker that does not join in time, and says what happened to its scheduler', async () => {
    const has6 = Object.values(networkInterfaces()).some((all) =>
      all?.some(({ address }) => address === '::1'),
    );
    const other = await LocalCluster({ workers: 0, dask, host: has6 ? '::1' : '127.0.0.1' });
    expect(other.address).toMatch(has6 ? /^tcp:\/\/\[::1\]:\d+$/ : /^tcp:\/\/127\.0\.0\.1:\d+$/);
    const [scheduler] = other.pids;
    Object.assign((other as unknown as { options: object }).options, { timeout: 0 });
    await expect(other.scale(1)).rejects.toThrow(/worker node-0 was not ready within 0 s/);
    expect(other.pids).toEqual([scheduler]);
    process.kill(scheduler!, 'SIGKILL');
    await expect(other.failed).rejects.toThrow(/Dask's scheduler ended with SIGKILL/);
    await expect(other.scale(1)).rejects.toThrow(/Dask's scheduler has ended/);
    await other.close();
  });

  test('refuses what cannot be', async () => {
    const early = LocalCluster({ workers: 0, dask: '/nowhere/dask' });
    await expect(connect(early as never)).rejects.toThrow(/that has started .*, not an instance of Promise/);
    await expect(early).rejects.toThrow(/there is no/);
    await expect(connect(8786 as never)).rejects.toThrow(/takes the address of a scheduler, .*, not 8786/);
    await expect(LocalCluster({ workers: -1, dask })).rejects.toThrow(/workers is a whole number from 0/);
    await expect(LocalCluster({ threadsPerWorker: 0, dask })).rejects.toThrow(/threadsPerWorker is a whole/);
    await expect(LocalCluster({ port: 65_536, dask })).rejects.toThrow(
      'port is a whole number from 0 to 65535',
    );
    await expect(LocalCluster({ host: '0.0.0.0', dask })).rejects.toThrow(
      'host is a loopback address, not "0',
    );
    await expect(LocalCluster({ workers: 1, dask: '/nowhere/dask' })).rejects.toThrow(
      /there is no \/nowhere\/dask/,
    );
    const strange = LocalCluster({ workers: 0, dask, dashboard: 'nonsense:port' });
    await expect(strange).rejects.toThrow(/Dask's scheduler ended with exit code 1/);
    const port = Number(new URL(cluster.address).port);
    await expect(LocalCluster({ workers: 0, dask, port })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is taken`,
    );
    expect(() => cluster.adapt({ minimum: 2, maximum: 1 })).toThrow(RangeError);
    await expect(LocalCluster({ timeout: Number.NaN, dask })).rejects.toThrow(/timeout is a number of milli/);
  });
});
