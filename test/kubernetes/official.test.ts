import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ClusterEngine, connect } from '../../src/cluster/client/index.js';
import { Client } from '../../src/futures/index.js';
import * as tw from '../../src/index.js';
import { type KubernetesObject, kubernetesPython, objectsOf, run } from './support/chart.js';
import { Operator } from './support/operator.js';
import { type Pod, Pods } from './support/pod.js';
import { violations } from './support/restricted.js';

const python = kubernetesPython();
const OFFICIAL = join(import.meta.dirname, '../../deploy/official');
const read = (file: string): string => readFileSync(join(OFFICIAL, file), 'utf8');
describe.skipIf(python === undefined)('workers of tilework', () => {
  it('run in a cluster of the Dask operator', { timeout: 120_000 }, async () => {
    await using operator = new Operator(python!);
    const render = { render: read('operator/cluster.yaml'), workers: 2 };
    const objects = await operator.ask<KubernetesObject[]>(render);
    const [scheduler, service, ...deployments] = objects;
    for (const { spec } of [scheduler!, deployments[0]!]) expect(violations(spec.template.spec)).toEqual([]);
    await isStrict(objects);
    // The operator finds ports by these names.
    expect(service!.spec.ports.map(({ name }: { name: string }) => name)).toEqual([
      'tcp-comm',
      'http-dashboard',
    ]);

    const pods = new Pods(objectsOf(read('operator/scheduler-modules.yaml')), python!);
    const dask = pods.start('scheduler', scheduler!.spec.template, (ip) => [`--host=${ip}`]);
    pods.names.set('tilework-scheduler.compute.svc.cluster.local', dask.ip);
    const workers = deployments.map(({ metadata, spec }) => pods.start(metadata.name, spec.template));
    await Promise.all([dask, ...workers].map((pod) => pod.up()));
    await using engine = await connect(`tcp://${dask.ip}:8786`);
    const names = deployments.map(({ metadata }) => metadata.name as string);
    expect(await namesOf(dask)).toEqual([...names].sort());

    await answersWhileBusy(engine, workers);
    const held = await tw.arange(10_000, { chunks: 1_000 }).multiply(2).persist({ engine });
    const [retired] = await operator.ask<string[]>({ retire: `http://${dask.ip}:8787` });
    expect(names).toContain(retired);
    expect(await namesOf(dask)).toEqual(names.filter((name) => name !== retired));
    // Then the operator deletes the deployment of that name.
    await workers[names.indexOf(retired!)]!.retired();
    expect(await held.sum().compute({ engine })).toBe(99_990_000);
  });

  it('run in the official chart of Dask', { timeout: 120_000 }, async () => {
    const values = parse(read('dask-chart/values.yaml'));
    const modules = parse(read('dask-chart/scheduler.yaml'));
    const pods = new Pods([], python!);
    const scheduler = pods.start(
      'scheduler',
      officialPod({ ...values.scheduler, ...modules.scheduler }, ['dask', 'scheduler', '--port=8786']),
      (ip) => [`--host=${ip}`, `--dashboard-address=${ip}:8787`],
    );
    await scheduler.up(/Scheduler at:/);
    pods.names.set('my-dask-scheduler', scheduler.ip);
    const { limits } = values.worker.resources;
    const worker = pods.start(
      'worker',
      officialPod(values.worker, [
        ...[values.worker.image.dask_worker, 'my-dask-scheduler:8786'],
        ...['--nthreads', String(limits.cpu), '--memory-limit', limits.memory],
        ...['--no-dashboard', '--dashboard-address', '8790', ...values.worker.extraArgs],
      ]),
    );
    await worker.up(/has joined/);
    await using engine = await connect(`tcp://${scheduler.ip}:8786`);
    expect(await namesOf(scheduler)).toEqual([worker.name]);
    expect(await tw.arange(10_000, { chunks: 1_000 }).sum().compute({ engine })).toBe(49_995_000);
    await answersWhileBusy(engine, [worker]);
    expect(await worker.retired()).toBe(0);
  });
});

/**
 * A pod as the chart dask/dask 2025.11 makes one of such values: no registry that is reached here serves that chart. Its parts of a pod come from values
 * as they are; the words before `extraArgs` are those of its templates.
 */
function officialPod(values: KubernetesObject, args: readonly string[]): KubernetesObject {
  const { env = [], mounts = {}, readinessProbe, livenessProbe } = values;
  const { volumes = [], volumeMounts = [] } = mounts;
  const container = { name: 'official', args, env, volumeMounts, readinessProbe, livenessProbe, ports: [] };
  return { spec: { volumes, containers: [container] } };
}

/** Strictly, by Kubernetes' schemas. */
async function isStrict(objects: readonly KubernetesObject[]): Promise<void> {
  const script = join(import.meta.dirname, 'support/validate.py');
  expect(JSON.parse(await run(python!, ['-B', script, '1.37.0'], JSON.stringify(objects)))).toEqual([]);
}

/** Names of the workers that a scheduler has. */
async function namesOf(scheduler: Pod): Promise<string[]> {
  const answer = await fetch(`http://${scheduler.ip}:8787/json/identity.json`);
  const { workers } = (await answer.json()) as { workers: Record<string, { name: string }> };
  return Object.values(workers)
    .map(({ name }) => name)
    .sort();
}

/** All of a worker's threads work, and its probes are answered meanwhile. */
async function answersWhileBusy(engine: ClusterEngine, workers: readonly Pod[]): Promise<void> {
  const client = new Client(engine);
  const spin = (until: number) => {
    while (Date.now() < until) {}
    return true;
  };
  const until = Date.now() + 2_000;
  const spinning = workers.flatMap((_, at) => [at, at + 0.5]).map((at) => client.submit(spin, until + at));
  let asked = 0;
  while (Date.now() < until - 200) {
    for (const worker of workers) {
      expect(await worker.probe('livenessProbe')).toBe(200);
      expect(await worker.probe('readinessProbe')).toBe(200);
    }
    asked++;
  }
  expect(asked).toBeGreaterThan(1);
  expect(await Promise.all(spinning)).toEqual(spinning.map(() => true));
}
