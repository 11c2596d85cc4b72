import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/cluster/client/index.js';
import { Client } from '../../src/futures/index.js';
import * as tw from '../../src/index.js';
import {
  find,
  HELMS,
  type KubernetesObject,
  kubernetesPython,
  run,
  TOOLS,
  template,
} from './support/chart.js';
import { type Pod, Pods } from './support/pod.js';

const python = kubernetesPython();
const PASSWORD = 'correct horse battery';

/** A page of metrics as Prometheus reads it. */
async function metricsOf(pod: Pod, port: number): Promise<string> {
  const answer = await fetch(`http://${pod.ip}:${port}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  return answer.text();
}

describe.skipIf(python === undefined).each(HELMS)('what %s renders, as processes', (generation, tools) => {
  it('is a cluster that computes, by certificates of the chart', { timeout: 240_000 }, async () => {
    // Both generations render the same: one with Python and notebooks too is enough.
    const all = generation === 'helm4';
    const objects = await template(tools, {
      workerDefaults: { resources: { limits: { memory: '1Gi' } } },
      python: { enabled: all },
      jupyter: { enabled: all, password: PASSWORD },
    });
    const pods = new Pods(objects, python!);
    const part = (name: string) => find(objects, 'Deployment', `my-tilework-${name}`).spec.template;
    const scheduler = pods.start('scheduler', part('scheduler'), (ip) => [`--host=${ip}`]);
    pods.names.set('my-tilework-scheduler', scheduler.ip);
    const started = [scheduler, ...[1, 2].map(() => pods.start('worker', part('worker-node')))];
    if (all) {
      started.push(pods.start('python', part('worker-python')));
      const jupyter = pods.start('jupyter', withoutLab(part('jupyter')), (ip) => [
        `--ServerApp.ip=${ip}`,
        '--allow-root',
      ]);
      pods.names.set('my-tilework-jupyter:80', `${jupyter.ip}:8888`);
      started.push(jupyter);
    }
    await Promise.all(started.map((pod) => pod.up()));
    // What Prometheus is pointed at.
    expect(await metricsOf(scheduler, 8787)).toMatch(/^dask_scheduler_workers\{/m);
    for (const pod of started.slice(1, 3))
      expect(await metricsOf(pod, 8790)).toMatch(/^tilework_worker_threads 1$/m);
    if (all) expect(await metricsOf(started[3]!, 8790)).toMatch(/^dask_worker_threads /m);
    const [, worker, other, pythonWorker, jupyter] = started;

    const address = `tls://${scheduler.ip}:8786`;
    await using engine = await connect(address, certificates(objects));
    expect(await tw.arange(10_000, { chunks: 1_000 }).sum().compute({ engine })).toBe(49_995_000);
    const stranger = certificates(await template(tools));
    await expect(connect(address, stranger)).rejects.toThrow(/certificate|alert/);

    const test = pods.start('test', find(objects, 'Pod', 'my-tilework-test'));
    expect(await test.ended, test.log).toBe(0);
    expect(test.log).toMatch(/connected[\s\S]*computed/);
    if (all) {
      expect(test.log).toMatch(/asks for the password/);
      const client = new Client(engine);
      expect(await client.python('math:factorial', [5])).toBe(120);
      // A task that keeps Python's lock keeps its worker from answering, and nobody from knowing that it lives.
      // Here it opens a pipe, which has another end only when it has been seen that it is busy.
      const pipe = join(mkdtempSync(join(tmpdir(), 'tilework-pipe-')), 'pipe');
      onTestFinished(() => rmSync(dirname(pipe), { recursive: true }));
      await run('mkfifo', [pipe]);
      const opening = client.python('ctypes:pythonapi.open', [Buffer.from(`${pipe}\0`), 0]);
      while ((await pythonWorker!.probe('startupProbe', 200)) !== undefined);
      for (const probe of ['readinessProbe', 'livenessProbe'] as const)
        expect(await pythonWorker!.probe(probe)).toBe(200);
      await writeFile(pipe, '');
      await opening;
      await logsIn(`http://${jupyter!.ip}:8888`);
      expect(await pythonWorker!.retired(), pythonWorker!.log).toBe(0);
      // Of the stranger: probes and hooks greet.
      const unknown = (pod: Pod) => pod.log.match(/TLS handshake failed/g)?.length ?? 0;
      expect([unknown(scheduler), unknown(pythonWorker!)]).toEqual([1, 0]);
    }

    // A pod that is to go gives away what it holds.
    const held = await tw.arange(10_000, { chunks: 1_000 }).multiply(2).persist({ engine });
    expect(await worker!.retired(), worker!.log).toBe(0);
    expect(await held.sum().compute({ engine })).toBe(99_990_000);
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      for (const pod of [scheduler, other!]) expect(await pod.probe(probe)).toBe(200);
  });
});

const HASHES = "from jupyter_server.auth import passwd; print(passwd(input(), 'argon2'))";

it.skipIf(python === undefined)('Jupyter takes a hash of its own from a Secret that was there', async () => {
  const values = { jupyter: { existingSecret: 'notebook' }, tls: { enabled: false } };
  const objects = await template(TOOLS!.helm4, values);
  const hash = (await run(python!, ['-c', HASHES], `${PASSWORD}\n`)).trim();
  expect(hash).toMatch(/^argon2:\$argon2id\$/);
  const data = { 'hashed-password': Buffer.from(hash).toString('base64') };
  objects.push({ kind: 'Secret', metadata: { name: 'notebook' }, data });
  const { template: pod } = find(objects, 'Deployment', 'my-tilework-jupyter').spec;
  const jupyter = new Pods(objects, python!).start('jupyter', withoutLab(pod), (ip) => [
    `--ServerApp.ip=${ip}`,
    '--allow-root',
  ]);
  await logsIn(`http://${(await jupyter.up()).ip}:8888`);
});

/** Certificates of the chart's Secret, for a program. */
function certificates(objects: readonly KubernetesObject[]) {
  const { data } = find(objects, 'Secret', 'my-tilework-tls');
  const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((file) =>
    Buffer.from(data[file], 'base64').toString(),
  );
  return { ca: ca!, cert: cert!, key: key! };
}

/** Jupyter's server by itself: what asks for the password, in the environment of these tests. */
function withoutLab(template: KubernetesObject): KubernetesObject {
  const copy = structuredClone(template);
  expect(copy.spec.containers[0].args).toEqual(['jupyter', 'lab']);
  copy.spec.containers[0].args = ['jupyter', 'server'];
  return copy;
}

/** Logs in as a browser does: with a wrong password, then with the right one. */
async function logsIn(url: string): Promise<void> {
  const page = await fetch(`${url}/login`);
  const cookie = page.headers.getSetCookie().map((set) => set.split(';')[0]!);
  const [, xsrf] = /_xsrf=([^;]+)/.exec(cookie.join(';'))!;
  const login = (password: string) =>
    fetch(`${url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ password, _xsrf: xsrf! }),
      headers: { cookie: cookie.join('; ') },
      redirect: 'manual',
    });
  expect((await login('dask')).status).toBe(401);
  const answer = await login(PASSWORD);
  expect(answer.status).toBe(302);
  const session = answer.headers.getSetCookie().map((set) => set.split(';')[0]!);
  const contents = (headers: Record<string, string>) => fetch(`${url}/api/contents`, { headers });
  expect((await contents({ cookie: [...cookie, ...session].join('; ') })).status).toBe(200);
  expect((await contents({})).status).toBe(403);
}
