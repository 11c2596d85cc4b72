import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { find, type KubernetesObject, objectsOf, run, TOOLS, template } from '../kubernetes/support/chart.js';
import { World } from './support/world.js';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** What an API server says of objects that a chart renders, when all but `pending` run. */
function running(rendered: readonly KubernetesObject[], pending: readonly string[] = []): KubernetesObject[] {
  const objects = rendered
    .filter(({ kind }) => ['Deployment', 'Service'].includes(kind))
    .map((object) => ({
      ...object,
      status: pending.includes(object.metadata.name) ? {} : { readyReplicas: object.spec.replicas },
    }));
  const pods = pending.map((name) => ({
    kind: 'Pod',
    metadata: { name: `${name}-0` },
    status: {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
    },
  }));
  return [...objects, ...pods];
}

/** The arguments of the last command of helm that installs. */
const installs = (): string[][] =>
  world.calls().filter(([tool, verb]) => tool === 'helm' && verb === 'upgrade');

describe.skipIf(TOOLS === undefined)('tilework k8s', () => {
  const rendered = async (values = {}) => template(TOOLS!.helm4, values, { release: 'tilework' });

  it('installs with values that the chart takes, and says what there is', async () => {
    world.objects(running(await rendered({ python: { enabled: true } }), ['tilework-worker-python']));
    writeFileSync(world.path('values.yaml'), 'jupyter: {service: {type: LoadBalancer}}');
    const { code, out, err } = await world.run(
      ...[
        'k8s',
        'up',
        '--context',
        'kind',
        '--workers',
        '3',
        '--python',
        '2',
        '--set',
        'scheduler.image.tag=2026.8.0',
      ],
      ...['--values', world.path('values.yaml')],
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/worker node +2 of 2 ready\n +worker python +0 of 1 ready\n/);
    expect(out).toContain('tilework-worker-python-0: ImagePullBackOff: no such image');
    expect(out).toContain('tilework k8s connect --context kind');
    const [[, , , , ...args]] = installs() as [string[]];
    expect(args).toContain('--reset-then-reuse-values');
    // The real helm renders what it was asked for; what it is not asked when it renders is left out.
    const own = args.filter(
      (arg, index) =>
        !/^--(reset|create|kube|wait|timeout)/.test(arg) &&
        !/^--(kube-context|timeout)$/.test(args[index - 1]!),
    );
    const objects = objectsOf(await run(TOOLS!.helm4.helm, ['template', 'tilework', ...own]));
    const replicas = (name: string) => find(objects, 'Deployment', name).spec.replicas;
    expect([replicas('tilework-worker-node'), replicas('tilework-worker-python')]).toEqual([3, 2]);
    expect(find(objects, 'Service', 'tilework-jupyter').spec.type).toBe('LoadBalancer');
  });

  it('leaves workers as many as they were scaled to, unless a number is given', async () => {
    world.objects(running(await rendered({ workers: { node: { replicas: 5 } } })));
    await world.run('k8s', 'up');
    const first = installs();
    await world.run('k8s', 'up');
    await world.run('k8s', 'up', '--workers', '1');
    const sets = [...first, ...installs()].map((args) => args.filter((arg) => arg.includes('replicas')));
    expect(sets).toEqual([[], ['workers.node.replicas=5'], ['workers.node.replicas=1']]);
  });

  it('says why pods do not run where installing fails', async () => {
    world.objects(running(await rendered(), ['tilework-scheduler']));
    world.fail('upgrade');
    const { code, out } = await world.run('k8s', 'up');
    expect(code).toBe(1);
    expect(out).toContain('tilework-scheduler-0: ImagePullBackOff: no such image');
  });

  it("takes Dask's own chart, with workers of tilework's and Python's or just as it comes", async () => {
    for (const args of [
      ['--workers', '2', '--python', '1'],
      ['--workers', '0', '--python', '4'],
    ])
      expect((await world.run('k8s', 'up', '--chart', 'dask', ...args, '--dry-run')).code).toBe(0);
    await world.run('k8s', 'up', '--chart', 'dask', '--workers', '2', '--python', '1');
    const [both] = installs() as [string[]];
    expect(both.slice(4, 7)).toEqual(['dask', '--repo', 'https://helm.dask.org']);
    const files = both.filter((_, index) => both[index - 1] === '--values');
    expect(files.map((file) => file.split('/').at(-1))).toEqual([
      'values.yaml',
      'scheduler.yaml',
      'python.yaml',
    ]);
    const [{ worker }, , { additional_worker_groups: groups }] = files.map((file) =>
      parse(readFileSync(file, 'utf8')),
    );
    expect([worker.image.dask_worker, groups[0].name]).toEqual(['tilework-worker', 'python']);
    // Another chart does not take a release over.
    const other = await world.run('k8s', 'up');
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('is of the chart dask') });
  });

  it('scales a group, by name', async () => {
    world.objects(running(await rendered({ workers: { large: { threads: 4 } } })));
    await world.run('k8s', 'up');
    world.calls();
    expect((await world.run('k8s', 'scale', '7', '--group', 'large')).code).toBe(0);
    const [scale, rollout] = world.calls().slice(-2);
    expect(scale).toEqual([
      'kubectl',
      'scale',
      'deployment/tilework-worker-large',
      '--replicas=7',
      '--namespace',
      'compute',
    ]);
    expect(rollout!.slice(0, 4)).toEqual([
      'kubectl',
      'rollout',
      'status',
      'deployment/tilework-worker-large',
    ]);
    const { err } = await world.run('k8s', 'scale', '7', '--group', 'small');
    expect(err).toMatch(/there is no group small: there are (large, node|node, large)/);
    expect((await world.run('k8s', 'scale', 'many')).code).toBe(2);
  });

  it('connects: certificates for programs in a directory of the user, and ports until it is interrupted', async () => {
    const objects = await rendered();
    world.objects(running(objects));
    const secret = objects.find(({ metadata }) => metadata.name === 'tilework-tls')!;
    writeFileSync(world.path('secret.json'), JSON.stringify(secret));
    await world.run('k8s', 'up');
    // Another program has the port; where it is not this one, there was one already.
    const other = createServer()
      .on('error', () => {})
      .listen(8786, '127.0.0.1');
    const connecting = world.run('k8s', 'connect');
    const directory = world.path('state/tilework/k8s/current/compute/tilework');
    const until = async (what: () => boolean): Promise<void> => {
      let over = false;
      void connecting.finally(() => {
        over = true;
      });
      while (!what()) {
        if (over) throw new Error((await connecting).err);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    try {
      await until(() => existsSync(`${directory}/env`));
      // A pod that goes takes its port with it: that is tried again.
      world.calls();
      writeFileSync(world.path('made/gone'), '');
      await until(() => world.calls().some((call) => call.includes('port-forward')));
    } finally {
      process.emit('SIGINT');
      other.close();
    }
    const { code, out, err } = await connecting;
    expect(code, err).toBe(0);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of ['ca.crt', 'tls.crt', 'tls.key'] as const) {
      expect(readFileSync(`${directory}/${file}`, 'utf8')).toBe(
        Buffer.from(secret.data[file], 'base64').toString(),
      );
      expect(statSync(`${directory}/${file}`).mode & 0o777).toBe(0o600);
    }
    const [, address] = /scheduler {2}(\S+)/.exec(out)!;
    expect(address).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    expect(address).not.toMatch(/:8786$/);
    const variables = execFileSync('sh', ['-c', `. ${directory}/env && env`], {
      encoding: 'utf8',
      env: {},
    });
    expect(variables).toContain(`DASK_SCHEDULER_ADDRESS=${address}\n`);
    expect(variables).toContain(`DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY=${directory}/tls.key\n`);
    expect(out).toContain('await tw.connect();');
    // No log has the key.
    const logs = readdirSync(world.path('state/tilework/logs')).map((log) =>
      readFileSync(world.path('state/tilework/logs', log), 'utf8'),
    );
    expect(logs.some((text) => text.includes('get secret tilework-tls'))).toBe(true);
    for (const text of logs) expect(text).not.toContain(secret.data['tls.key']);
    // It goes with the release.
    expect((await world.run('k8s', 'down', '--yes-delete', 'tilework')).code).toBe(0);
    expect(existsSync(directory)).toBe(false);
  });

  it('ends where certificates cannot be written, and what it had begun with it', async () => {
    const objects = await rendered();
    world.objects(running(objects));
    const secret = objects.find(({ metadata }) => metadata.name === 'tilework-tls')!;
    writeFileSync(world.path('secret.json'), JSON.stringify(secret));
    await world.run('k8s', 'up');
    const { code, err } = await world.run('k8s', 'connect', '--directory', world.path('secret.json'));
    expect([code, err]).toEqual([1, expect.stringMatching(/nothing can be written to \S+secret\.json/)]);
    await expect.poll(() => readdirSync(world.path('made')).join()).not.toContain('forwarding');
  });

  it('refuses what is of no use, before anything runs', async () => {
    const wrong = async (...args: string[]) => {
      const { code, err } = await world.run('k8s', ...args);
      expect(code).toBe(2);
      return err.split('\n')[0];
    };
    expect(await wrong('up', '--namespace', 'A b')).toContain('namespace "A b": names are at most 63');
    expect(await wrong('up', '--group', 'x')).toContain('--group is of scale, not of up');
    expect(await wrong('status', '--workers', '1')).toContain('--workers is of up, not of status');
    expect(await wrong('up', '--chart', 'other')).toContain('--chart takes tilework or dask');
    expect(await wrong('up', '--timeout', '5')).toContain('--timeout takes such as 15m');
    expect(await wrong('up', '--values', '/nowhere.yaml')).toContain('there is no file /nowhere.yaml');
    expect(await wrong('away')).toContain('up, status, connect, scale or down, not "away"');
    expect(world.calls()).toEqual([]);
  });

  it.each(['helm3', 'helm4'] as const)(
    'says what to do where the tools find no cluster: %s',
    async (tools) => {
      world.close();
      world = new World(TOOLS![tools], { KUBECONFIG: '/dev/null' });
      const said = async (...args: string[]) => {
        const { code, err } = await world.run('k8s', ...args);
        expect(code).toBe(1);
        return err;
      };
      expect(await said('status')).toMatch(
        /\nNo cluster answers: .*--context names one\.\nAll that was said/,
      );
      expect(await said('down', '--yes-delete', 'tilework')).toMatch(/\nNo cluster answers/);
      expect(await said('scale', '2', '--context', 'far')).toMatch(/\nThere is no such cluster: /);
      expect(await said('up', '--context', 'far')).toMatch(/no cluster answers at the context far/);
    },
  );

  it.each(['helm3', 'helm4'] as const)(
    'asks in words that the real tools understand: %s',
    async (generation) => {
      // Recorded here, then given to the real ones, which find no cluster but know every flag.
      world.objects(running(await rendered()));
      await world.run('k8s', 'up', '--context', 'none');
      await world.run('k8s', 'scale', '3', '--context', 'none');
      await world.run('k8s', 'down', '--context', 'none', '--yes-delete', 'tilework');
      const calls = world
        .calls()
        .filter(([tool, verb]) => (tool === 'helm' || tool === 'kubectl') && verb !== 'version');
      expect(calls.length).toBeGreaterThan(8);
      const kubeconfig = world.path('kubeconfig');
      const cluster = { name: 'none', cluster: { server: 'http://127.0.0.1:1' } };
      const context = { name: 'none', context: { cluster: 'none', user: '' } };
      writeFileSync(
        kubeconfig,
        JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [cluster], contexts: [context] }),
      );
      const distinct = new Map(calls.map((call) => [call.slice(0, 3).join(' '), call]));
      for (const [tool, ...args] of distinct.values()) {
        const binary = TOOLS![generation][tool as 'helm' | 'kubectl'];
        const said = await run('env', [`KUBECONFIG=${kubeconfig}`, binary, ...args]).catch((error) =>
          String(error.stderr),
        );
        expect(said, `${tool} ${args.join(' ')}`).toMatch(/refused|unreachable/);
        expect(said).not.toMatch(/unknown/);
      }
    },
  );
});
