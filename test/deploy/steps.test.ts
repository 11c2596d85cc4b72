import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCluster } from '../../src/deploy/aws/cluster.js';
import { costOf, planned } from '../../src/deploy/aws/cost.js';
import { belongs } from '../../src/deploy/aws/leftovers.js';
import { PRICES, pricesWith } from '../../src/deploy/aws/prices.js';
import { openLog } from '../../src/deploy/log.js';
import { bucketName, clusterName, network, regionOf } from '../../src/deploy/names.js';
import { redact } from '../../src/deploy/redact.js';
import { contains, isDone, shown } from '../../src/deploy/step.js';
import { remedyOf, versionOf } from '../../src/deploy/tools.js';

const CLUSTER = {
  name: 'demo.k8s.local',
  region: 'us-east-1',
  zones: ['us-east-1a'],
  account: '123456789012',
  bucket: 'states',
  nodes: 2,
  nodeSize: 't3.large',
  controlPlaneSize: 't3.medium',
  volumeSize: 20,
};

describe('steps', () => {
  it('are done where an answer contains what is wanted', () => {
    expect(contains({ a: [{ b: 1, c: 2 }], d: 3 }, { a: [{ b: 1 }] })).toBe(true);
    expect(contains({ a: [{ b: 2 }] }, { a: [{ b: 1 }] })).toBe(false);
    expect(contains(null, { a: 1 })).toBe(false);
    const check = {
      command: { program: 'aws', args: [] },
      has: { Status: 'Enabled' },
      absent: ['(404)'],
    } as const;
    const answer = { code: 0, stdout: '', stderr: '' };
    expect(isDone(check, { ...answer, stdout: '{"Status": "Enabled", "MFADelete": "Disabled"}' })).toBe(true);
    expect(isDone(check, answer)).toBe(false);
    expect(isDone(check, { ...answer, code: 254, stderr: 'An error occurred (404)' })).toBe(false);
    expect(isDone(check, { ...answer, code: 254, stderr: 'An error occurred (403)' })).toBeUndefined();
  });

  it('are shown as a shell would take them, without passwords', () => {
    const args = ['--set', 'jupyter.password=hunter2', '--name', "it's; rm -rf /"];
    expect(shown({ program: 'helm', args })).toBe(
      "helm --set 'jupyter.password=***' --name 'it'\\''s; rm -rf /'",
    );
  });

  it('leave no secrets in logs', () => {
    const text = [
      'aws_secret_access_key = abcdefgh12345678',
      '"password": "hunter2"',
      'AKIAIOSFODNN7EXAMPLE',
      '-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----',
      'said: topsecretvalue',
    ].join('\n');
    const clean = redact(text, { AWS_SECRET_ACCESS_KEY: 'topsecretvalue' });
    for (const secret of ['abcdefgh', 'hunter2', 'IOSFODNN', 'MHc', 'topsecret'])
      expect(clean).not.toContain(secret);
    expect(clean).toContain('said: ***');
  });

  it('need tools that are new enough', () => {
    const said = (stdout: string) => ({ code: 0, stdout, stderr: '' });
    expect(versionOf('aws', said('aws-cli/2.30.0 Python/3.13 Linux/6'))).toBe('2.30.0');
    expect(versionOf('kops', said('Client version: 1.36.2 (git-v1.36.2)'))).toBe('1.36.2');
    expect(() => versionOf('helm', said('v2.17.0+gd8a8a2a'))).toThrow(
      /helm 2\.17\.0\S* is older than 3\.14: brew/,
    );
  });
});

describe('names', () => {
  it.each([
    [
      clusterName,
      ['demo.k8s.local', 'a.b'],
      ['demo', 'Demo.k8s.local', '-a.b', 'a..b', `${'a.'.repeat(32)}bc`, 'a.b;ls'],
    ],
    [
      bucketName,
      ['abc', 'tilework-kops-1-us-east-1'],
      ['ab', 'a.b.c', 'Abc', '-abc', 'abc-', 'xn--abc', 'abc-s3alias'],
    ],
    [
      network,
      ['203.0.113.0/24', '2001:db8::/32'],
      ['203.0.113.0/33', '203.0.113', 'all', '::1/129', '1.2.3.4/'],
    ],
  ])('%o', (check, right, wrong) => {
    for (const name of right) expect(check(name)).toBe(name);
    for (const name of wrong) expect(() => check(name)).toThrow(TypeError);
  });

  it('of zones are of one region', () => {
    expect(regionOf(['us-gov-west-1a', 'us-gov-west-1b'])).toBe('us-gov-west-1');
    expect(() => regionOf(['us-east-1a', 'eu-west-1a'])).toThrow('all zones of a cluster are in one region');
    expect(() => regionOf(['us-east-1'])).toThrow('zones are called such as us-east-1a');
    expect(network('203.0.113.7')).toBe('203.0.113.7/32');
    expect(() => checkCluster({ ...CLUSTER, controlPlaneSize: 't3.micro' })).toThrow('take t3.medium');
  });
});

describe('costs', () => {
  it('are counted by a table that users may correct', () => {
    const prices = pricesWith({
      instances: { 't3.large': 1, 'x9.huge': 5 },
      diskMonth: 0,
      address: 0,
      loadBalancer: 0.5,
    });
    const { hourly, lines } = costOf(planned(CLUSTER), prices);
    expect(hourly).toBeCloseTo(2 + PRICES.instances['t3.medium']! + 0.5, 10);
    expect(lines.at(-1)).toBe('together $2.54 an hour, $1855 a month');
    expect(() => pricesWith({ instances: { 't3.large': 'cheap' } })).toThrow(
      't3.large must be dollars, not "cheap"',
    );
    expect(() => pricesWith({ disk: 1 })).toThrow('no disk; there are');
  });

  it('say what has no price', () => {
    const { lines } = costOf(planned({ ...CLUSTER, nodeSize: 'x9.huge' }), PRICES);
    expect(lines.find((line) => line.includes('x9.huge'))).toMatch(/2 x9\.huge +unknown price/);
  });
});

it('what is shared with a cluster is not its own', () => {
  const tag = (Key: string, Value: string) => ({ Key, Value });
  expect(belongs([tag('kubernetes.io/cluster/a.b', 'owned')], 'a.b')).toBe(true);
  expect(belongs([tag('KubernetesCluster', 'a.b')], 'a.b')).toBe(true);
  expect(belongs([tag('KubernetesCluster', 'a.b'), tag('kubernetes.io/cluster/a.b', 'shared')], 'a.b')).toBe(
    false,
  );
  expect(belongs([tag('KubernetesCluster', 'other'), tag('kubernetes.io/cluster/c.d', 'owned')], 'a.b')).toBe(
    false,
  );
});

describe('a log', () => {
  const home = mkdtempSync(join(tmpdir(), 'tilework-log-'));
  const before = process.env.XDG_STATE_HOME;
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });

  it('is begun before anything is done, or says what it lacks', () => {
    process.env.XDG_STATE_HOME = '/dev/null';
    expect(() => openLog('up', expect.fail)).toThrow(/no log can be written.*\/dev\/null.*XDG_STATE_HOME/);
  });

  it('keeps nobody from going on where it can be written no further', () => {
    process.env.XDG_STATE_HOME = home;
    const warnings: string[] = [];
    const log = openLog('up', (line) => warnings.push(line));
    log.write('password=secret\n');
    expect(readFileSync(log.path, 'utf8')).toBe('up\npassword=***\n');
    rmSync(home, { recursive: true });
    log.write('more');
    log.write('and more');
    expect(warnings).toEqual([expect.stringContaining(`the log ${log.path} ends here: ENOENT`)]);
  });
});

it.each([
  ['error: You must be logged in to the server (Unauthorized)', /log in to it again/],
  [
    'Error from server (Forbidden): deployments.apps is forbidden: User "ada" cannot list resource',
    /ask who may/,
  ],
  ['error: context "far" does not exist', /no such cluster/],
  ['Unable to connect to the server: dial tcp 203.0.113.7:443: i/o timeout', /No cluster answers/],
  [
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    /aws sso login/,
  ],
  ['An error occurred (ExpiredToken) when calling the ListBuckets operation', /aws sso login/],
])('of what tools say it is said what to do: %s', (said, remedy) => {
  expect(remedyOf(said)).toMatch(remedy);
  expect(remedyOf('something else')).toBe(undefined);
});
