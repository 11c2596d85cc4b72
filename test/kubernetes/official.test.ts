import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { type ClusterEngine, connect } from '../../src/cluster/client/index.js';
import { Client } from '../../src/futures/index.js';
import * as tw from '../../src/index.js';
import { pythonOf } from '../support/scripts.js';
import { find, type KubernetesObject, kubernetesPython, objectsOf, run } from './support/chart.js';
import { Operator } from './support/operator.js';
import { type Pod, Pods } from './support/pod.js';
import { violations } from './support/restricted.js';

const python = kubernetesPython();
const REQUIREMENTS = 'requirements-official.txt';
const official = pythonOf("Dask's own chart", 'official', `test/kubernetes/${REQUIREMENTS}`);
const TRUTH = join(import.meta.dirname, '../truth');
const OFFICIAL = join(import.meta.dirname, '../../deploy/official');
const read = (file: string): string => readFileSync(join(OFFICIAL, file), 'utf8');
describe.skipIf(python === undefined)('workers of tilework', () => {
  it('run in a cluster of the Dask operator', { timeout: 240_000 }, async () => {
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

  describe.skipIf(official === undefined)('in the official chart of Dask', () => {
    const { objects } = JSON.parse(readFileSync(join(TRUTH, 'dask-chart.json'), 'utf8'));
    const pod = (name: string): KubernetesObject =>
      structuredClone(find(objects, 'Deployment', `my-dask-${name}`).spec.template);

    it('are described by what was recorded of that chart', () => {
      const values = parse(read('dask-chart/values.yaml'));
      const { additional_worker_groups: groups } = parse(read('dask-chart/python.yaml'));
      for (const [name, { image, extraArgs, env }] of [
        ['worker', values.worker],
        ['worker-python', groups[0]],
      ] as const) {
        const [container] = pod(name).spec.containers;
        expect(container.image).toBe(`${image.repository}:${image.tag}`);
        expect(container.args.slice(0, 2)).toEqual([image.dask_worker, 'my-dask-scheduler:8786']);
        expect(container.args.slice(-extraArgs.length)).toEqual(extraArgs);
        expect(container.env).toEqual(env);
      }
      expect(pod('worker').spec.containers[0]).toMatchObject({
        livenessProbe: values.worker.livenessProbe,
        readinessProbe: values.worker.readinessProbe,
      });
      const tags = [pod('scheduler'), pod('worker-python')].map(({ spec }) => spec.containers[0].image);
      const version = /dask==(.*)/.exec(readFileSync(join(import.meta.dirname, REQUIREMENTS), 'utf8'))![1];
      expect(tags).toEqual(tags.map(() => `ghcr.io/dask/dask:${version}`));
    });

    it('run beside those of Python', { timeout: 240_000 }, async () => {
      const pods = new Pods([], official!);
      const described = pod('scheduler');
      described.spec.containers[0].env = parse(read('dask-chart/scheduler.yaml')).scheduler.env;
      const scheduler = pods.start('scheduler', described, (ip) => [`--host=${ip}`]);
      await scheduler.up(/Scheduler at:/);
      pods.names.set('my-dask-scheduler', scheduler.ip);
      const workers = [1, 2].map(() => pods.start('worker', pod('worker')));
      const other = pods.start('python', pod('worker-python'), (ip) => [`--host=${ip}`]);
      await Promise.all(workers.map((worker) => worker.up(/has joined/)));
      await other.up(/Starting established connection/);
      await using engine = await connect(`tcp://${scheduler.ip}:8786`);
      const names = workers.map(({ name }) => name);
      expect(await namesOf(scheduler)).toEqual(expect.arrayContaining(names));
      expect(await new Client(engine).python('math:factorial', [5])).toBe(120);
      await answersWhileBusy(engine, workers);
      // One goes as when the Deployment is scaled down: what it holds stays.
      const held = await tw.arange(10_000, { chunks: 1_000 }).multiply(2).persist({ engine });
      expect(await workers[0]!.retired(), workers[0]!.log).toBe(0);
      expect(await namesOf(scheduler)).not.toContain(names[0]);
      expect(await held.sum().compute({ engine })).toBe(99_990_000);
    });
  });
});

/** Strictly, by Kubernetes' schemas. */
async function isStrict(objects: readonly KubernetesObject[]): Promise<void> {
  const script = join(import.meta.dirname, 'support/validate.py');
  expect(JSON.parse(await run(python!, ['-B', script, '1.37.0'], JSON.stringify(objects)))).toEqual([]);
}

/**
 * Names of the workers that a scheduler has. Dask's page fails while the last heartbeat of a worker of Python tells what a task took, by keys that are
 * tuples, which JSON has not: until the next one, a second later.
 */
async function namesOf(scheduler: Pod): Promise<string[]> {
  const ask = async () => {
    const answer = await fetch(`http://${scheduler.ip}:8787/json/identity.json`);
    if (!answer.ok) throw new Error(`the page of the scheduler's identity answers ${answer.status}`);
    return (await answer.json()) as { workers: Record<string, { name: string }> };
  };
  const { workers } = await vi.waitFor(ask, { timeout: 30_000, interval: 200 });
  return Object.values(workers)
    .map(({ name }) => name)
    .sort();
}

/** All of a worker's threads work, and its probes are answered meanwhile. */
async function answersWhileBusy(engine: ClusterEngine, workers: readonly Pod[]): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'tilework-busy-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const client = new Client(engine, { captured: { path } });
  const spin = (i: number) => {
    const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs');
    writeFileSync(`${path}/of ${process.pid}`, '');
    while (!existsSync(`${path}/enough`)) {}
    return i;
  };
  const spinning = [...workers, ...workers].map((_, i) => client.submit(spin, i));
  await expect.poll(() => readdirSync(path).length).toBe(workers.length);
  for (let times = 0; times < 3; times++)
    for (const worker of workers) {
      expect(await worker.probe('livenessProbe')).toBe(200);
      expect(await worker.probe('readinessProbe')).toBe(200);
    }
  writeFileSync(join(path, 'enough'), '');
  expect(await Promise.all(spinning)).toEqual(spinning.map((_, i) => i));
}
