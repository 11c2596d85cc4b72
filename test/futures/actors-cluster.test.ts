/** Actors on a cluster: what they do on any engine, and what becomes of them when workers, connections and schedulers go. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterEngine, connect } from '../../src/cluster/client/index.js';
import type { LocalCluster } from '../../src/cluster/local/index.js';
import { ActorLostError, Client, getClient } from '../../src/index.js';
import { startCluster } from '../cluster/support/cluster.js';
import { describeWithDask, VERSIONS } from '../cluster/support/scheduler.js';
import { errorOf, testActors } from './actors-suite.js';

class Counter {
  n = 0;
  increment(by = 1): number {
    this.n += by;
    return this.n;
  }
  pid(): number {
    return process.pid;
  }
  never(): Promise<never> {
    return new Promise(() => {});
  }
}

for (const version of VERSIONS)
  await describeWithDask(
    `on a cluster, distributed ${version}`,
    (python) => {
      const start = async (): Promise<ClusterEngine> => {
        const { cluster, engine } = await startCluster(python);
        engine.onDispose(() => void cluster.close());
        return engine;
      };
      testActors(start);

      describe('of actors', () => {
        let cluster: LocalCluster;
        let engine: ClusterEngine;
        let client: Client;
        beforeAll(async () => {
          ({ cluster, engine } = await startCluster(python));
          client = new Client(engine);
        });
        afterAll(async () => {
          await engine?.dispose();
          await cluster?.close();
        });

        /** All actors that workers have. */
        const held = async (): Promise<string[]> =>
          [...(await client.hasWhat()).values()].flat().filter((key) => key.startsWith('Counter'));

        it('some are on each worker', async () => {
          const counters = await Promise.all(Array.from({ length: 6 }, () => client.actor(Counter)));
          const pids = await Promise.all(counters.map((counter) => counter.pid()));
          expect(new Set(pids).size).toBe(2);
          for (const counter of counters) counter[Symbol.dispose]();
        });

        it('none is left when they are released', async () => {
          {
            using counter = await client.actor(Counter);
            expect(await counter.increment()).toBe(1);
          }
          await expect.poll(held).toEqual([]);
        });

        it('one is where it is said to be', async () => {
          const [worker] = await client.workers();
          using counter = await client.with({ workers: [worker!.name] }).actor(Counter);
          const pids = await client.run(() => process.pid);
          expect(await counter.pid()).toBe(pids.get(worker!.address));
        });

        it('one whose worker cannot be reached from here is asked by way of the scheduler', async () => {
          await using other = await connect(cluster.address);
          const { session } = other as unknown as {
            session: { connectTo: (...args: unknown[]) => Promise<never> };
          };
          session.connectTo = () => Promise.reject(new Error('no route to host'));
          using counter = await new Client(other).actor(Counter);
          const asked = [counter.increment(), counter.increment(2), counter.n, counter.increment(3)];
          expect(await Promise.all(asked)).toEqual([1, 3, 3, 6]);
        });

        it('those of a program end with it', async () => {
          const other = await connect(cluster.address);
          const counter = await new Client(other).actor(Counter);
          const waiting = errorOf(counter.never());
          await other.dispose();
          expect((await waiting).message).toMatch(/disposed of/);
          await expect.poll(held).toEqual([]);
        });

        it('none is moved by workers that are to retire', async () => {
          using counter = await client.actor(Counter);
          await counter.increment(3);
          const pid = await counter.pid();
          const pids = await client.run(() => process.pid);
          const [home] = [...pids].find(([, other]) => other === pid)!;
          await expect(client.retireWorkers([home])).rejects.toThrow(
            /not retired: .*as actors, which are not moved/,
          );
          expect(await counter.increment()).toBe(4);
        });

        it('those of a worker that is killed are lost, whoever waits, and others are not', async () => {
          const counters = await Promise.all(Array.from({ length: 4 }, () => client.actor(Counter)));
          const pids = await Promise.all(counters.map((counter) => counter.pid()));
          await Promise.all(counters.map((counter) => counter.increment()));
          const waiting = counters.map((counter) => errorOf(counter.never()));
          const task = client
            .with({ captured: { getClient }, retries: 0 })
            .submit((counter) => counter.never(), counters[0]!);
          const failing = errorOf(task);
          await expect.poll(async () => (await counters[0]!.n) > 0).toBe(true);
          process.kill(pids[0]!, 'SIGKILL');
          for (const [i, counter] of counters.entries()) {
            if (pids[i] === pids[0]) {
              expect(await waiting[i]).toBeInstanceOf(ActorLostError);
              const error = await errorOf(counter.increment());
              expect(error).toBeInstanceOf(ActorLostError);
              expect(error.message).toMatch(/is lost: /);
            } else expect(await counter.increment()).toBe(2);
          }
          await failing;
          // It is not made again.
          await client.waitForWorkers(2);
          expect(await errorOf(counters[0]!.n)).toBeInstanceOf(ActorLostError);
          using another = await client.actor(Counter);
          expect(await another.increment()).toBe(1);
          for (const counter of counters) counter[Symbol.dispose]();
        });

        it('none outlives a restart', async () => {
          const counter = await client.actor(Counter);
          const waiting = errorOf(counter.never());
          await client.restart();
          expect(await waiting).toBeInstanceOf(ActorLostError);
          expect(await errorOf(counter.increment())).toBeInstanceOf(ActorLostError);
          using another = await client.actor(Counter);
          expect(await another.increment()).toBe(1);
        });
      });
    },
    version,
  );
