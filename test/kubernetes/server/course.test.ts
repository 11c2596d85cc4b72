import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { Client } from '../../../src/futures/index.js';
import * as tw from '../../../src/index.js';
import { pythonOf } from '../../support/scripts.js';
import {
  CHART,
  HELMS,
  type KubernetesObject,
  kubernetesPython,
  NAMESPACE,
  OF_OTHERS,
  run,
  TOOLS,
  template,
  type Values,
} from '../support/chart.js';
import { CONTROL_PLANE, LocalCluster } from '../support/local-cluster.js';
import { MATRIX } from '../support/matrix.js';

const python = CONTROL_PLANE === undefined ? undefined : kubernetesPython();
const notebook = python && pythonOf('Jupyter', 'notebook', 'deploy/images/notebook/requirements.txt');
const VALUES: Values = {
  workerDefaults: { terminationGracePeriodSeconds: 60, resources: { requests: { cpu: '1', memory: '1Gi' } } },
  python: { enabled: true },
};

describe.skipIf(python === undefined)('on a real API server', () => {
  let cluster: LocalCluster;
  beforeAll(async () => {
    cluster = await LocalCluster.start(CONTROL_PLANE!, python!, notebook!);
  }, 120_000);
  afterAll(() => cluster?.stop());
  afterEach(() => cluster.check());

  it('all that values make is taken strictly, and without a warning', { timeout: 120_000 }, async () => {
    const tools = TOOLS!.helm4;
    const kubectl = (args: string[], input = '') =>
      run(tools.kubectl, [`--kubeconfig=${cluster.kubeconfig}`, '--namespace', NAMESPACE, ...args], input);
    await kubectl(['create', 'namespace', NAMESPACE]);
    await kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/warn=restricted']);
    await kubectl(['wait', '--for=create', 'serviceaccount/default', '--timeout=30s']);
    const apply = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--warnings-as-errors'];
    const take = (items: readonly KubernetesObject[]) =>
      kubectl([...apply, '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    for (const [name, values] of Object.entries(MATRIX)) {
      const objects = await template(tools, values);
      const known = objects.filter(({ apiVersion }) => !OF_OTHERS.has(apiVersion));
      await take(known).catch((error) => expect.fail(`${name}: ${error.stderr ?? error}`));
    }
    const [planted] = await template(tools);
    await expect(take([{ ...planted, speck: {} }])).rejects.toThrow(/speck/);
  });

  describe.each(HELMS)('by %s, a release', { timeout: 120_000 }, (generation, tools) => {
    const namespace = generation;
    const kubectl = (...args: string[]) =>
      run(tools.kubectl, [`--kubeconfig=${cluster.kubeconfig}`, `--namespace=${namespace}`, ...args]);
    const helm = (values: Values, ...args: string[]) => {
      const where = [`--kubeconfig=${cluster.kubeconfig}`, `--namespace=${namespace}`];
      return run(tools.helm, [...args, ...where], JSON.stringify(values));
    };
    const get = async (what: string, name: string): Promise<KubernetesObject> =>
      JSON.parse(await kubectl('get', what, name, '--output=json'));
    const list = async (what: string, selector: string): Promise<KubernetesObject[]> =>
      JSON.parse(await kubectl('get', what, `--selector=${selector}`, '--output=json')).items;
    const pods = (component: string) =>
      list('pods', `app.kubernetes.io/instance=my,app.kubernetes.io/component=${component}`);
    const secrets = async () =>
      Promise.all(['tls', 'jupyter'].map(async (name) => (await get('secret', `my-tilework-${name}`)).data));

    let engine: ClusterEngine;
    const address = async () => {
      const { spec } = await get('service', 'my-tilework-scheduler');
      return `tls://${spec.clusterIP}:8786`;
    };
    const join = async () => {
      const [data] = await secrets();
      const pem = (file: string) => Buffer.from(data[file], 'base64').toString();
      return connect(await address(), { ca: pem('ca.crt'), cert: pem('tls.crt'), key: pem('tls.key') });
    };

    beforeAll(async () => {
      await kubectl('create', 'namespace', namespace);
      const enforce = `pod-security.kubernetes.io/enforce=restricted`;
      await kubectl('label', 'namespace', namespace, enforce);
      await kubectl('wait', '--for=create', 'serviceaccount/default', '--timeout=30s');
    });
    afterEach(async ({ task }) => {
      if (task.result?.state !== 'fail') return;
      console.error(await kubectl('get', 'deployments,replicasets,pods,events', '--output=wide'));
      for (const [name, log] of Object.entries(cluster.kubelet.logs(namespace)))
        console.error(`── ${name}\n${log.slice(-2_000)}`);
    });
    afterAll(async () => {
      await engine?.dispose();
    });

    it('comes up where Pod Security lets in nothing but what is restricted', async () => {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'careless' } };
      const spec = { containers: [{ name: 'careless', image: 'ghcr.io/dask/dask:2026.8.0' }] };
      await expect(
        cluster.api.create(`/api/v1/namespaces/${namespace}/pods`, { ...pod, spec }),
      ).rejects.toThrow(/violates PodSecurity "restricted/);
      await helm(VALUES, 'install', 'my', CHART, '--values=-', '--wait', '--timeout=90s');
      const worker = await kubectl(
        'get',
        'deployment',
        'my-tilework-worker-node',
        '--output=json',
        '--show-managed-fields',
      );
      const { metadata } = JSON.parse(worker);
      const managers = metadata.managedFields.map(({ manager, operation }: KubernetesObject) =>
        [manager, operation].join(' '),
      );
      expect(managers).toContain(generation === 'helm4' ? 'helm Apply' : 'helm Update');
      expect((await pods('worker')).length).toBe(3);
    });

    it('computes for a program of tilework, and for one of Dask', async () => {
      engine = await join();
      expect(await tw.arange(10_000, { chunks: 1_000 }).sum().compute({ engine })).toBe(49_995_000);
      const directory = mkdtempSync(path.join(tmpdir(), 'tilework-python-'));
      const [tls] = await secrets();
      for (const [file, data] of Object.entries<string>(tls))
        writeFileSync(path.join(directory, file), Buffer.from(data, 'base64'), { mode: 0o600 });
      const program = path.join(import.meta.dirname, 'program.py');
      expect(await run(python!, ['-B', program, await address(), directory])).toBe('49995000\n');
      rmSync(directory, { recursive: true });
    });

    it('passes helm test', async () => {
      // Its pod is gone once it has succeeded, and what it wrote with it.
      expect(await helm({}, 'test', 'my', '--timeout=120s')).toMatch(/Phase:\s+Succeeded/);
    });

    it('lets notebooks do what they may, and nothing else', async () => {
      const may = async (account: string, ...what: string[]) => {
        const as = `--as=system:serviceaccount:${namespace}:${account}`;
        // An answer of no is an exit code of 1.
        return run(tools.kubectl, [
          `--kubeconfig=${cluster.kubeconfig}`,
          `--namespace=${namespace}`,
          ...['auth', 'can-i', ...what, as],
        ]).then(
          () => true,
          (error: { code: number; stderr: string }) => {
            if (error.code !== 1) throw error;
            return false;
          },
        );
      };
      const notebook = 'my-tilework-jupyter';
      for (const what of [
        ['get', 'deployment/my-tilework-worker-node'],
        ['get', 'deployment/my-tilework-worker-node', '--subresource=scale'],
        ['patch', 'deployment/my-tilework-worker-python', '--subresource=scale'],
        ...['get', 'list', 'watch'].map((verb) => [verb, 'pods']),
        ['get', 'pods', '--subresource=log'],
      ])
        expect([what, await may(notebook, ...what), await may('default', ...what)]).toEqual([
          what,
          true,
          false,
        ]);
      for (const what of [
        ['patch', 'deployment/my-tilework-scheduler', '--subresource=scale'],
        ['patch', 'deployment/my-tilework-worker-node'],
        ['list', 'deployments'],
        ['create', 'deployments'],
        ...['create', 'delete', 'patch'].map((verb) => [verb, 'pods']),
        ['create', 'pods', '--subresource=exec'],
        ...['get', 'list'].map((verb) => [verb, 'secrets']),
        ['get', 'configmaps'],
        ['create', 'serviceaccounts', '--subresource=token'],
        ['get', 'pods', '--namespace=default'],
        ['get', 'nodes'],
        ['*', '*'],
      ])
        expect([what, await may(notebook, ...what)]).toEqual([what, false]);
    });

    it('has more workers by the token of a notebook, and fewer, without losing what they hold', async () => {
      const token = (await kubectl('create', 'token', 'my-tilework-jupyter')).trim();
      const scale = (replicas: number) =>
        run(tools.kubectl, [
          ...[`--server=${cluster.plane.server}`, `--certificate-authority=${cluster.plane.authority}`],
          ...[`--token=${token}`, `--namespace=${namespace}`],
          ...['scale', 'deployment/my-tilework-worker-node', `--replicas=${replicas}`],
        ]);
      await scale(4);
      await until(async () => (await nodeWorkers(engine)).length === 4);
      const held = await hold(engine, 40);
      await scale(1);
      await until(async () => (await nodeWorkers(engine)).length === 1);
      await held.areThere();
    });

    it('has a pod that is deleted give away what it holds, and another take its place', async () => {
      const held = await hold(engine, 10);
      const { name } = (await nodeWorkers(engine))[0]!;
      const scheduler = (await pods('scheduler'))[0]!.metadata.name;
      // The one that has all must find another before it goes.
      await kubectl('scale', 'deployment/my-tilework-worker-node', '--replicas=2');
      await until(async () => (await nodeWorkers(engine)).length === 2);
      await kubectl('delete', 'pod', name, '--wait=false');
      await until(async () => {
        const names = (await nodeWorkers(engine)).map(({ name }) => name);
        return names.length === 2 && !names.includes(name);
      });
      await held.areThere();

      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: scheduler } };
      await expect(
        cluster.api.create(`/api/v1/namespaces/${namespace}/pods/${scheduler}/eviction`, eviction),
      ).rejects.toThrow(/disruption budget/);
    });

    it('keeps password and certificates through an upgrade and back, and starts again what has changed', async () => {
      const [before, scheduler] = [await secrets(), (await pods('scheduler'))[0]!.metadata.uid];
      const threads = async () => (await nodeWorkers(engine)).map(({ threads }) => threads);
      await helm(
        { ...VALUES, workers: { node: { threads: 2 } } },
        ...['upgrade', 'my', CHART, '--values=-', '--wait', '--timeout=90s'],
      );
      await until(async () => (await threads()).join() === '2,2');
      expect(await secrets()).toEqual(before);
      await helm({}, 'rollback', 'my', '1', '--wait', '--timeout=90s');
      await until(async () => (await threads()).join() === '1,1');
      expect(await secrets()).toEqual(before);
      expect((await pods('scheduler'))[0]!.metadata.uid).toBe(scheduler);
      expect(await tw.arange(10_000, { chunks: 1_000 }).sum().compute({ engine })).toBe(49_995_000);
    });

    it('leaves nothing behind', async () => {
      await engine.dispose();
      await helm({}, 'uninstall', 'my', '--wait', '--timeout=120s');
      const kinds = ['deployments', 'pods', 'services', 'secrets', 'configmaps', 'networkpolicies'];
      kinds.push('poddisruptionbudgets', 'roles', 'rolebindings', 'serviceaccounts', 'endpointslices');
      await until(async () => (await list(kinds.join(), 'app.kubernetes.io/instance=my')).length === 0);
      expect(cluster.kubelet.logs(namespace)).toEqual({});
    });
  });
});

const nodeWorkers = async (engine: ClusterEngine) =>
  (await engine.workers()).filter(({ language }) => language === 'node');

/** Waits for what a cluster comes to by itself; the test's own time is its limit. */
async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Results that workers hold, of calls that give others when they are made again. */
async function hold(engine: ClusterEngine, count: number) {
  const client = new Client(engine);
  const held = client.with({ pure: false }).map((at: number) => at + Math.random(), Array(count).keys());
  const before = await client.gather(held);
  return {
    /** On workers, where calls find them. */
    async areThere(): Promise<void> {
      const same = client.with({ pure: false }).map((value: number) => value, held);
      expect(await client.gather(same)).toEqual(before);
    },
  };
}
