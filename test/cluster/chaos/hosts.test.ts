/** A cluster of several hosts, over TLS, whose network breaks for half a minute. All at the same time, in clusters of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arange } from '../../../src/index.js';
import { folders } from '../../support/files.js';
import { makeCertificates } from '../support/certificates.js';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { startWorker } from '../worker/support/process.js';
import { ChaosCluster, eventually } from './support/cluster.js';
import { cannot, type Host, Network } from './support/network.js';

const folder = folders();

const BROKEN_MS = 30_000;
/** The scheduler takes a connection that does not answer for dead after so long. */
const SOON = { 'distributed.comm.timeouts.tcp': '12s' };

if (cannot !== '') console.warn(cannot);

await describeWithDask('a cluster of several hosts', (python) => {
  let network: Network;
  let certificates: ReturnType<typeof makeCertificates>;
  beforeAll(async () => {
    if (cannot !== '') return;
    network = await Network.open(11);
    certificates = makeCertificates(python);
  });
  const names = join(mkdtempSync(join(tmpdir(), 'tilework-names-')), 'hosts');
  afterAll(() => rmSync(join(names, '..'), { recursive: true }));
  const open = ({ address, under }: Host, config = {}): Promise<ChaosCluster> => {
    const { files: tls, member } = certificates;
    return ChaosCluster.open(python, { tls, certificates: member, host: address, under, config });
  };

  test.skipIf(cannot !== '').concurrent(
    'whose workers do not reach each other for a while computes what it was asked to',
    async () => {
      const [home, a, b] = network.hosts.slice(0, 3) as [Host, Host, Host];
      const cluster = await open(home);
      const { engine } = cluster;
      const workers = [await cluster.start({ under: a.under }), await cluster.start({ under: b.under })];
      for (const [i, { address }] of [a, b].entries()) expect(workers[i]!.address).toContain(address);
      const x = arange(1e6, { chunks: 1e5 }).reshape([1000, 1000]).rechunk([200, 200]);
      const held = await x.persist({ engine });
      network.cut(a, b);
      // Every block needs another, and half of those are on the other side.
      const sum = held.add(held.transpose()).sum().compute({ engine });
      await pause(BROKEN_MS);
      network.mend(a, b);
      expect(await sum).toBe(2 * sumBelow(1e6));
      // That was no matter of luck.
      expect(workers.map((worker) => worker.log()).join()).toMatch(/cannot fetch from tls:/);
      await cluster.close();
    },
    240_000,
  );

  test.skipIf(cannot !== '').concurrent(
    'goes on without one that is off line, which joins again when it is back',
    async () => {
      const [home, ...others] = network.hosts.slice(3, 7) as [Host, ...Host[]];
      const cluster = await open(home, SOON);
      const [lost] = await Promise.all(others.map(({ under }) => cluster.start({ under, nanny: true })));
      const sum = cluster.value(sumTree('offline', 256, 20), 'offline-root');
      await pause(1_000);
      network.set(others[0]!, 'down');
      await pause(BROKEN_MS);
      network.set(others[0]!, 'up');
      expect(await sum).toBe(sumBelow(256));
      await eventually(async () => (await cluster.known()).includes(lost!.address), false);
      await eventually(async () => (await cluster.known()).length, 3);
      expect(await cluster.value(sumTree('back', 64, 5), 'back-root')).toBe(sumBelow(64));
      await cluster.expectEmpty();
      await cluster.close();
    },
    240_000,
  );

  test.skipIf(cannot !== '').concurrent(
    'is asked again by a program that does not reach it for a while',
    async () => {
      const [home, a] = network.hosts.slice(7, 9) as [Host, Host];
      const cluster = await open(home, SOON);
      await cluster.start({ under: a.under });
      const path = join(folder(), 'it is mended');
      const sum = cluster.value(sumTree('asked', 64, 50, path), 'asked-root');
      await pause(1_000);
      network.cut(network.outside, home);
      await pause(BROKEN_MS);
      network.mend(network.outside, home);
      writeFileSync(path, '');
      expect(await sum).toBe(sumBelow(64));
      expect(cluster.scheduler.log().match(/Receive client connection/g)!.length).toBeGreaterThan(1);
      await cluster.expectEmpty();
      await cluster.close();
    },
    240_000,
  );

  test
    .skipIf(cannot !== '')
    .concurrent(
      'lets a worker go that is asked to when neither the scheduler nor its name is to be found any more',
      async () => {
        const [home, a] = network.hosts.slice(9) as [Host, Host];
        const cluster = await open(home);
        const { ca, cert, key } = certificates.files;
        writeFileSync(names, `${home.address} scheduler.tilework\n`);
        const worker = await startWorker(
          `tls://scheduler.tilework:${cluster.scheduler.address.split(':').at(-1)}`,
          ['--tls-ca-file', ca, '--tls-cert', cert, '--tls-key', key],
          { under: [...a.under, ...withNames(names)], stays: true },
        );
        network.cut(a, home);
        writeFileSync(names, '');
        worker.child.kill('SIGTERM');
        expect(await worker.exited).toBe(0);
        expect(worker.log()).toMatch(
          /retiring: tls:\/\/scheduler.tilework:\d+ cannot be reached: what only this worker holds is computed again elsewhere/,
        );
        expect(worker.spilled()).toEqual([]);
        await cluster.engine.dispose();
        await cluster.scheduler.kill();
      },
    );
});

/** Words before a command: to it, a file is /etc/hosts. */
const withNames = (file: string): string[] => [
  ...['unshare', '--mount', 'sh', '-ec'],
  'mount --bind "$0" /etc/hosts; exec "$@"',
  file,
];
