import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseWorkerArgs } from '../../../src/cli/worker.js';
import { afterExit, complaint, Silence } from '../../../src/cluster/worker/nanny.js';
import { parseBytes } from '../../../src/engine/memory/limits.js';

const CLI = join(import.meta.dirname, '../../../dist/esm/cli.js');
const ADDRESS = 'tcp://127.0.0.1:8786';

test('flags become options', () => {
  const args = [
    ADDRESS,
    ...[
      '--nthreads',
      '3',
      '--memory-limit',
      '2GiB',
      '--name',
      'w',
      '--host',
      '127.0.0.1',
      '--worker-port',
      '4000',
    ],
    ...['--dashboard-address', ':8787', '--resources', 'GPU=2 MEM=1.5', '--local-directory', '/tmp/x'],
    ...['--death-timeout', '30', '--lifetime', '3600', '--compression', 'zstd', '--no-nanny'],
  ];
  expect(parseWorkerArgs(args, {})).toEqual({
    options: {
      scheduler: ADDRESS,
      threads: 3,
      memoryLimit: '2GiB',
      name: 'w',
      host: '127.0.0.1',
      port: 4000,
      http: { host: '127.0.0.1', port: 8787 },
      resources: { GPU: 2, MEM: 1.5 },
      localDirectory: '/tmp/x',
      deathTimeout: 30,
      lifetime: 3600,
      compression: 'zstd',
    },
    nanny: false,
  });
});

test("the memory limit may be left to the worker, in Dask's word", () => {
  expect(parseWorkerArgs([ADDRESS, '--memory-limit', 'auto'], {})).toEqual(parseWorkerArgs([ADDRESS], {}));
});

// What `dask.utils.parse_timedelta` and `distributed.worker_memory.parse_memory_limit` say of them.
test.each([
  ['60s', 60],
  ['5 minutes', 300],
  ['1 hour', 3_600],
  ['1.5h', 5_400],
  ['2 d', 172_800],
  ['500ms', 0.5],
  ['1 week', 604_800],
])('times are as Dask has them: %s', (text, seconds) => {
  expect(parseWorkerArgs([ADDRESS, '--death-timeout', text, `--lifetime=${text}`], {})).toMatchObject({
    options: { deathTimeout: seconds, lifetime: seconds },
  });
});

test("numbers up to 1 are shares of the machine's memory, larger ones bytes, as in Dask", () => {
  const limit = (text: string) => parseWorkerArgs([ADDRESS, '--memory-limit', text, '--nanny'], {});
  expect(limit('0.5')).toMatchObject({ options: { memoryLimit: '50%' }, nanny: true });
  expect(limit('1')).toMatchObject({ options: { memoryLimit: '100%' } });
  expect(limit('10e9')).toMatchObject({ options: { memoryLimit: '10e9' } });
  expect(parseBytes('10e9', () => 0)).toBe(10_000_000_000);
});

test('the environment says what flags do not', () => {
  const environment = { DASK_SCHEDULER_ADDRESS: ADDRESS, DASK_WORKER_NAME: 'pod-7' };
  expect(parseWorkerArgs([], environment)).toEqual({
    options: { scheduler: ADDRESS, name: 'pod-7' },
    nanny: true,
  });
  expect(parseWorkerArgs(['tls://a:1', '--name', 'w'], environment)).toMatchObject({
    options: { scheduler: 'tls://a:1', name: 'w' },
  });
  const tls = {
    DASK_DISTRIBUTED__COMM__TLS__CA_FILE: '/dev/null',
    DASK_DISTRIBUTED__COMM__TLS__WORKER__CERT: '/dev/null',
    DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY: '/dev/null',
  };
  const certificates = { ca: '', cert: '', key: '' };
  expect(parseWorkerArgs(['a:1'], { ...tls, DASK_TEMPORARY_DIRECTORY: '/scratch' })).toEqual({
    options: { scheduler: 'tls://a:1', certificates, localDirectory: '/scratch' },
    nanny: true,
  });
  expect(parseWorkerArgs([ADDRESS], tls)).toEqual({ options: { scheduler: ADDRESS }, nanny: true });
  const { DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY: _, ...partly } = tls;
  expect(() => parseWorkerArgs(['tls://a:1'], partly)).toThrow(/but for DASK_\w+__WORKER__KEY$/);
});

test('what charts for workers of Dask give is understood', () => {
  const args = [
    'dask-scheduler:8786',
    '--memory-limit',
    '2Gi',
    '--no-dashboard',
    '--dashboard-address',
    '8790',
  ];
  const more = ['--allow-plain', '--dashboard-address=10.0.0.7:8790'];
  expect(parseWorkerArgs([...args, ...more], {})).toEqual({
    options: {
      scheduler: 'tcp://dask-scheduler:8786',
      memoryLimit: '2Gi',
      http: { host: '10.0.0.7', port: 8790 },
      allowPlain: true,
    },
    nanny: true,
  });
  const pem = ['--tls-ca-file', '/dev/null', '--tls-cert', '/dev/null', '--tls-key', '/dev/null'];
  expect(parseWorkerArgs(['dask-scheduler:8786', ...pem], {})).toMatchObject({
    options: { scheduler: 'tls://dask-scheduler:8786' },
  });
});

test('of ports from a first to a last one', () => {
  expect(parseWorkerArgs([ADDRESS, '--worker-port', '3000:3026'], {})).toMatchObject({
    options: { port: [3000, 3026] },
  });
});

test.each([
  [[], /address of a scheduler is missing/],
  [['localhost'], /no address: write tcp:\/\/host:8786/],
  [['localhost:99999'], /no address: write tcp:\/\/host:8786/],
  [[ADDRESS, ADDRESS], /one address/],
  [[ADDRESS, '--nthreads', '0'], /--nthreads takes a whole number from 1, not "0"/],
  [[ADDRESS, '--worker-port', '70000'], /--worker-port/],
  [[ADDRESS, '--worker-port', '3026:3000'], /--worker-port takes a port, or a first and a last one such as/],
  [[ADDRESS, '--worker-port', '3000:70000'], /--worker-port takes a port, or a first and a last one such as/],
  [[ADDRESS, '--memory-limit', 'lots'], /--memory-limit takes 4GiB, 50%, 0\.5, bytes or auto, not "lots"/],
  [[ADDRESS, '--memory-limit', '0'], /always keeps within a limit, not "0"/],
  [[ADDRESS, '--lifetime', '5 parsecs'], /--lifetime takes a number of seconds from 0, or such as/],
  [[ADDRESS, '--death-timeout', '-1s'], /--death-timeout/],
  [[ADDRESS, '--nworkers', '2'], /there is no --nworkers: .*--nthreads/],
  [[ADDRESS, '--contact-address=tcp://a:1'], /there is no --contact-address: --host and --worker-port/],
  [[ADDRESS, '--death-timeout', 'soon'], /--death-timeout takes a number of seconds/],
  [[ADDRESS, '--resources', 'GPU'], /--resources takes NAME=NUMBER/],
  [[ADDRESS, '--dashboard-address', 'web'], /--dashboard-address takes \[HOST\]:PORT/],
  [[ADDRESS, '--tls-cert', 'x.pem'], /go together/],
  [[ADDRESS, '--tls-ca-file', '/nowhere', '--tls-cert', 'b', '--tls-key', 'c'], /--tls-ca-file: .*nowhere/],
  [[ADDRESS, '--frobnicate'], /--frobnicate/],
])('%j is refused, and says why', (args, message) => {
  expect(() => parseWorkerArgs(args, {})).toThrow(message);
});

test('a bad command line ends with 2 and the usage, a scheduler that is not there with 1 and its address', () => {
  const usage = spawnSync(process.execPath, [CLI, 'worker', 'nowhere'], { encoding: 'utf8' });
  expect(usage.status).toBe(2);
  expect(usage.stderr).toMatch(/no address.*\n[\s\S]*--memory-limit/);
  const gone = ['worker', 'tcp://127.0.0.1:9', '--death-timeout', '1'];
  const lost = spawnSync(process.execPath, [CLI, ...gone], { encoding: 'utf8' });
  expect(lost.status).toBe(1);
  expect(lost.stderr).toMatch(/tcp:\/\/127\.0\.0\.1:9/);
  expect(execFileSync(process.execPath, [CLI, 'worker', '--help'], { encoding: 'utf8' })).toMatch(
    /--nthreads/,
  );
});

test.each([
  ['plain TCP does not leave this machine unasked', ['tcp://192.0.2.1:8786'], /would leave this machine/],
  [
    'a local directory that is none is refused at once',
    [ADDRESS, '--local-directory', '/dev/null/x'],
    /cannot make a directory .* in \/dev\/null\/x: .*--local-directory/,
  ],
])('%s', (_, args, message) => {
  const refused = spawnSync(process.execPath, [CLI, 'worker', ...args, '--no-nanny'], { encoding: 'utf8' });
  expect(refused.status).toBe(3);
  expect(refused.stderr).toMatch(message);
});

test('a worker that died or lost the scheduler is started again, one that left or could not join is not', () => {
  for (const joined of [false, true])
    expect([0, 2, 3, 4, 1, null].map((code) => afterExit(code, joined))).toEqual([
      ...[0, 2, 1],
      ...['restart', 'restart', 'restart'],
    ]);
  expect([false, true].map((joined) => afterExit(5, joined))).toEqual([1, 'restart']);
});

test('a worker that waits for its first scheduler says that it lives', async () => {
  const args = [CLI, 'worker', 'tcp://127.0.0.1:9', '--no-nanny'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  try {
    const [report] = await once(child, 'message');
    expect(report.resident).toBeGreaterThan(0);
    expect(complaint(report, 59_000)).toBeUndefined();
  } finally {
    child.kill('SIGKILL');
  }
});

test('a worker is not silent while its supervisor sleeps too', () => {
  const silence = new Silence(1_000);
  for (let now = 1_500; now < 41_000; now += 500) silence.until(now);
  expect(silence.until(41_000)).toBe(40_000);
  expect(silence.until(3_641_000)).toBe(45_000);
  silence.heard(3_641_200);
  expect(silence.until(3_641_500)).toBe(300);
});

test('a worker that passes its limit, or is silent for long, is complained of', () => {
  expect(complaint({ resident: 99, limit: 100 }, 1_000)).toBeUndefined();
  expect(complaint({ resident: 101, limit: 100 }, 1_000)).toBe('it takes 101 bytes, of 100 that it may');
  expect(complaint(undefined, 61_000)).toBe('it has not been heard of for 61 s');
});
