import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './support/world.js';

const UP = ['aws', 'up', 'demo.k8s.local', '--zones', 'eu-west-1a', '--yes'];
/** A word of each command that changes something, in the order in which they come. */
const STEPS = [
  'create-bucket',
  'put-bucket-versioning',
  'put-bucket-encryption',
  'put-public-access-block',
  'create',
  'update',
  'validate',
  'upgrade',
];
const CHANGES =
  /^(aws \S+ (create|put|delete)|kops (create|update|delete.* --yes)|helm (upgrade|uninstall)|kubectl (delete|scale|wait))/;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const changes = (): string[] =>
  world
    .calls()
    .map((call) => call.join(' '))
    .filter((call) => CHANGES.test(call));

describe('tilework aws', () => {
  it('goes on where it failed, at whichever step, and does nothing twice', async () => {
    for (const step of STEPS) {
      world.fail(step);
      const { code, err } = await world.run(...UP);
      expect(code, step).toBe(1);
      expect(err, step).toContain('injected: connection reset by peer');
      expect(err).toContain('the same command goes on from here');
      expect(existsSync(world.path('fail')), `${step} did not come`).toBe(false);
    }
    const { code, out, err } = await world.run(...UP);
    expect(code, err).toBe(0);
    expect(out).toContain('2 nodes ready');
    expect(out).toContain('Tasks: 0 done / 92 total; 40 can run');
    const counts = new Map<string, number>();
    for (const call of changes()) {
      const step = STEPS.find((step) => call.split(' ').includes(step))!;
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
    // What is found done is not done again; what brings the world up to date is run each time.
    for (const step of STEPS.slice(0, 5)) expect([step, counts.get(step)]).toEqual([step, 2]);
  });

  it('shows all and changes nothing in a dry run', async () => {
    const { code, out } = await world.run(...UP.slice(0, -1), '--dry-run');
    expect(code).toBe(0);
    expect(changes()).toEqual([]);
    for (const command of [
      'aws s3api create-bucket',
      'kops create cluster',
      'kops update cluster',
      'helm upgrade',
    ])
      expect(out).toContain(`   $ ${command}`);
    expect(out).toContain('LocationConstraint=eu-west-1');
    expect(out).toMatch(/together \$0\.26 an hour/);
    expect(existsSync(world.path('state/tilework/aws/demo.k8s.local.json'))).toBe(false);
  });

  it('asks before it makes or deletes anything, and where nobody can answer says how to go on', async () => {
    const up = await world.run(...UP.slice(0, -1));
    expect(up).toMatchObject({ code: 1, err: expect.stringMatching(/no terminal to ask at: say --yes/) });
    await world.run(...UP);
    changes();
    const down = await world.run('aws', 'down', 'demo.k8s.local');
    expect(down).toMatchObject({ code: 1, err: expect.stringContaining('say --yes-delete demo.k8s.local') });
    expect(down.out).toContain('TYPE NAME ID');
    expect((await world.run('aws', 'down', 'demo.k8s.local', '--yes-delete', 'other.k8s.local')).code).toBe(
      2,
    );
    expect(changes()).toEqual([]);
  });

  it('names every tool that is missing, and how to install it', async () => {
    process.env.PATH = '/nowhere';
    const { code, err } = await world.run(...UP);
    expect(code).toBe(1);
    for (const tool of ['aws', 'kops', 'helm', 'kubectl'])
      expect(err).toMatch(new RegExp(`${tool} is not on the PATH: brew install \\S+, or https://`));
  });

  it('finds out first what cannot work', async () => {
    const wrong = async (...args: string[]) =>
      (await world.run('aws', 'up', 'demo.k8s.local', '--yes', ...args)).err;
    expect(await wrong('--zones', 'eu-west-1c')).toContain(
      'eu-west-1c is not to be had; in eu-west-1 there are eu-west-1a, eu-west-1b',
    );
    expect(await wrong('--zones', 'eu-west-1b')).toContain(
      't3.large is not offered in eu-west-1b; it is in eu-west-1a',
    );
    expect(await wrong('--zones', 'eu-west-1a', '--nodes', '20')).toContain(
      "42 vCPUs are needed, and the account's quota is 32",
    );
    expect(await wrong('--zones', 'eu-west-1a', '--bucket', 'a.b')).toContain('names of buckets are');
    expect(await wrong('--zones', 'eu-west-1a', '--admin-access', 'me')).toContain(
      'networks are written such as',
    );
    expect(changes()).toEqual([]);
    // A cluster that was made elsewhere is not brought into line with what is said here.
    await world.run('aws', 'up', 'demo.k8s.local', '--zones', 'eu-west-1a', '--yes');
    expect(await wrong('--nodes', '3')).toContain('was begun with nodes 2: leave that as it was');
    process.env.XDG_STATE_HOME = world.path('elsewhere');
    expect(await wrong('--zones', 'eu-west-1a')).toContain('that was not begun here');
  });

  it('takes down in the safe order what is in the cluster, then the cluster, and forgets it', async () => {
    await world.run(...UP);
    changes();
    const { code, out, err } = await world.run(
      'aws',
      'down',
      'demo.k8s.local',
      '--yes-delete',
      'demo.k8s.local',
    );
    expect(code, err).toBe(0);
    const order = changes().map((call) =>
      call.replace(/ --(?!yes).*/, '').replace(/^(\S+ \S+ \S+).*?( --yes)?$/, '$1$2'),
    );
    expect(order).toEqual([
      'helm uninstall tilework',
      'kubectl wait',
      'kubectl delete services,persistentvolumeclaims',
      'kubectl delete service',
      'kubectl delete persistentvolumeclaim',
      expect.stringMatching(/^kops delete cluster/),
    ]);
    expect(out).toContain('nothing with its tags is left that costs money');
    expect(out).toContain('The bucket tilework-kops-123456789012-eu-west-1 stays');
    expect(existsSync(world.path('state/tilework/aws/demo.k8s.local.json'))).toBe(false);
    const again = await world.run(
      'aws',
      'down',
      'demo.k8s.local',
      '--zones',
      'eu-west-1a',
      '--yes-delete',
      'demo.k8s.local',
    );
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('kops knows no such cluster') });
  });

  it('keeps the bucket where there is more in it than the state of the cluster', async () => {
    const { code, err } = await world.run(
      ...['aws', 'down', 'demo.k8s.local', '--zones', 'eu-west-1a', '--with-bucket'],
      ...['--yes-delete', 'demo.k8s.local'],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/stays: there is more in it than demo\.k8s\.local's state: other\.k8s\.local/);
    expect(changes()).toEqual([]);
  });

  it('says what a cluster costs', async () => {
    await world.run(...UP);
    const { code, out } = await world.run('aws', 'status', 'demo.k8s.local');
    expect(code).toBe(0);
    expect(out).toMatch(
      /1 t3\.large +\$0\.0832 an hour\n +1 public IPv4 address +\$0\.0050 an hour\n +together \$0\.09 an hour/,
    );
    expect(out).toContain('not asked from Amazon');
    expect(out).toContain('release tilework in compute: deployed');
    // By prices of the user's own.
    writeFileSync(world.path('prices.json'), '{"instances": {"t3.large": 0.5}}');
    const own = await world.run('aws', 'status', 'demo.k8s.local', '--prices', world.path('prices.json'));
    expect(own.out).toMatch(/1 t3\.large +\$0\.5000 an hour/);
  });

  it('keeps logs and what it remembers to the user', async () => {
    await world.run(...UP, '--set', 'jupyter.password=correct-horse');
    const logs = readdirSync(world.path('state/tilework/logs'));
    expect(logs).toHaveLength(1);
    const log = world.path('state/tilework/logs', logs[0]!);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(statSync(world.path('state/tilework/aws/demo.k8s.local.json')).mode & 0o777).toBe(0o600);
    const text = readFileSync(log, 'utf8');
    expect(text).toContain('$ kops validate cluster');
    expect(text).not.toContain('correct-horse');
  });

  it('ends the tool at work when it is interrupted', async () => {
    world.script(
      'kops',
      `#!/bin/bash
case "$*" in
  'version'*) echo 1.36.2 ;;
  'get cluster'*) echo 'Error: cluster not found' >&2; exit 1 ;;
  *--wait*) trap 'touch "$WORLD/made/orderly"; exit 130' INT; echo ready >&2; touch "$WORLD/made/waiting"; while sleep 0.05; do :; done ;;
  *) exit 0 ;;
esac`,
    );
    const running = world.run(...UP);
    let over = false;
    void running.finally(() => {
      over = true;
    });
    while (!over && !existsSync(world.path('made/waiting')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit('SIGINT');
    expect(await running).toMatchObject({ code: 130, err: expect.stringContaining('interrupted') });
    expect(existsSync(world.path('made/orderly'))).toBe(true);
  });
});
