import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pythonOf } from '../../support/scripts.js';
import { HELMS, type KubernetesObject, kubernetesPython, run } from '../support/chart.js';
import { CONTROL_PLANE, LocalCluster } from '../support/local-cluster.js';

const python = CONTROL_PLANE === undefined ? undefined : kubernetesPython();
const notebook = python && pythonOf('Jupyter', 'notebook', 'deploy/images/notebook/requirements.txt');
const CLI = join(import.meta.dirname, '../../../dist/esm/cli.js');

describe.skipIf(python === undefined)('tilework k8s, on a real API server', () => {
  let cluster: LocalCluster;
  beforeAll(async () => {
    cluster = await LocalCluster.start(CONTROL_PLANE!, python!, notebook!);
  }, 120_000);
  afterAll(() => cluster?.stop());
  afterEach(() => cluster.check());

  describe.each(HELMS)('by %s', { timeout: 120_000 }, (generation, tools) => {
    const namespace = `cli-${generation}`;
    const home = mkdtempSync(join(tmpdir(), 'tilework-cli-'));
    afterAll(() => rmSync(home, { recursive: true }));
    const kubectl = (...args: string[]) =>
      run(tools.kubectl, [`--kubeconfig=${cluster.kubeconfig}`, `--namespace=${namespace}`, ...args]);
    const deployments = async (): Promise<KubernetesObject[]> =>
      JSON.parse(await kubectl('get', 'deployments', '--output=json')).items;

    const begin = (...args: string[]): ChildProcess =>
      spawn(process.execPath, [CLI, 'k8s', ...args, '--namespace', namespace], {
        env: { PATH: join(home, 'bin'), HOME: home, KUBECONFIG: cluster.kubeconfig },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, which is ended as a whole.
        detached: true,
      });
    const end = async (child: ChildProcess): Promise<{ code: number; out: string; err: string }> => {
      const said = { out: '', err: '' };
      child.stdout!.on('data', (text) => {
        said.out += text;
      });
      child.stderr!.on('data', (text) => {
        said.err += text;
      });
      const [code] = await once(child, 'close');
      return { code, ...said };
    };
    const tilework = (...args: string[]) => end(begin(...args));
    /** Begins to install, and waits until helm waits for what it has made. */
    const half = async (): Promise<{ child: ChildProcess; ended: ReturnType<typeof end> }> => {
      const child = begin('up', '--workers', '2', '--python', '1');
      const ended = end(child);
      while ((await deployments()).length < 3) await new Promise((resolve) => setTimeout(resolve, 100));
      return { child, ended };
    };

    beforeAll(() => {
      mkdirSync(join(home, 'bin'));
      for (const tool of ['helm', 'kubectl'] as const) symlinkSync(tools[tool], join(home, 'bin', tool));
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail')
        console.error(await kubectl('get', 'deployments,replicasets,pods,events', '--output=wide'));
    });

    it('says that there is nothing, and installs nothing when it is dry', async () => {
      const { code, err } = await tilework('status');
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`there is no release tilework in the namespace`),
      ]);
      expect(await tilework('up', '--dry-run')).toMatchObject({ code: 0, err: '' });
      expect(await deployments()).toEqual([]);
    });

    it('says what to do about an installation that was cut short, and does it', async () => {
      const { child, ended } = await half();
      process.kill(-child.pid!, 'SIGKILL');
      await ended;
      const { code, err } = await tilework('up', '--workers', '2');
      expect([code, err]).toEqual([1, expect.stringMatching(/or tilework k8s down where nothing ever ran/)]);
      expect(await tilework('down', '--yes-delete', 'tilework')).toMatchObject({ code: 0, err: '' });
      expect(await deployments()).toEqual([]);
    });

    it('goes on with an installation that was interrupted', async () => {
      const { child, ended } = await half();
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining('puts things in order') });
      const { code, out, err } = await tilework('up', '--workers', '2');
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/worker node +2 of 2 ready/);
    });

    it('connects programs of this machine, by certificates that only their owner reads', async () => {
      const directory = join(home, 'certificates');
      const child = begin('connect', '--directory', directory);
      let over: unknown;
      const ended = end(child).then((said) => {
        over = said;
        return said;
      });
      while (!existsSync(join(directory, 'env'))) {
        expect(over).toBe(undefined);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const program = `const tw = await import(${JSON.stringify(join(dirname(CLI), 'index.js'))});
        const client = await tw.connect();
        console.log(await tw.arange(10_000, { chunks: 1_000 }).sum().compute());
        await client.dispose();`;
      const shell = '. "$1/env"; exec "$2" --input-type=module --eval "$3"';
      const compute = () => run('sh', ['-c', shell, 'sh', directory, process.execPath, program]);
      const version = async () => (await fetch('http://127.0.0.1:8888/api')).json();
      expect(await compute()).toBe('49995000\n');
      expect(await version()).toMatchObject({ version: expect.any(String) });

      // Other pods take the place of these.
      const parts = 'app.kubernetes.io/component in (scheduler,jupyter)';
      await kubectl('delete', 'pods', '--selector', parts);
      expect(await eventually(compute)).toBe('49995000\n');
      expect(await eventually(version)).toMatchObject({ version: expect.any(String) });
      child.kill('SIGINT');
      const { code, out, err } = await ended;
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('tls://127.0.0.1:');
      for (const part of ['scheduler', 'jupyter'])
        expect(out).toMatch(
          RegExp(`service/tilework-${part} is gone; trying again[^]*service/tilework-${part} is there again`),
        );
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    });

    it('scales, and leaves it so when it brings the release up to date', async () => {
      expect(await tilework('scale', '3')).toMatchObject({ code: 0, err: '' });
      const { code, out, err } = await tilework('up', '--set', 'workers.node.threads=2');
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/worker node +3 of 3 ready/);
      const { out: status } = await tilework('status');
      expect(status).toMatch(/^release tilework in \S+: deployed, revision \d+ of the chart tilework/m);
      for (const part of ['scheduler', 'jupyter']) expect(status).toMatch(RegExp(`${part} +1 of 1 ready`));
    });

    it('removes all of it', async () => {
      const wrong = await tilework('down', '--yes-delete', 'another');
      expect(wrong.code).not.toBe(0);
      expect((await deployments()).length).toBe(4);
      expect(await tilework('down', '--yes-delete', 'tilework')).toMatchObject({ code: 0, err: '' });
      const kinds = 'deployments,pods,services,secrets,configmaps,persistentvolumeclaims';
      const rest = JSON.parse(
        await kubectl('get', kinds, '--selector=app.kubernetes.io/instance=tilework', '--output=json'),
      );
      expect(rest.items).toEqual([]);
    });
  });
});

/** What is asked comes to by itself; the test's own time is its limit. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
