import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { connect } from '../../src/cluster/client/index.js';
import { Client } from '../../src/futures/index.js';
import * as tw from '../../src/index.js';
import { startScheduler } from '../cluster/support/scheduler.js';
import { pythonOf } from '../support/scripts.js';
import { kubernetesPython } from './support/chart.js';
import { build, Container, type Image, MEMORY } from './support/container/index.js';

const ROOT = join(import.meta.dirname, '../..');
const python = kubernetesPython();

/** What npm and apt say where there is no network. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|Temporary failure|Could not resolve/;

/** Why no file system of its own can be made here; in CI that is an error. */
const cannot = ((): string => {
  const tmpfs = ['--mount', 'sh', '-ec', 'mount -t tmpfs none /mnt'];
  const { status, error, stderr } = spawnSync('unshare', tmpfs, { encoding: 'utf8' });
  if (status === 0) return '';
  const why = `images not tested: ${error?.message ?? stderr.trim()}`;
  if (process.env.CI) throw new Error(why);
  console.warn(why);
  return why;
})();

describe.skipIf(cannot !== '' || python === undefined)("the worker's image", () => {
  let home: string;
  let image: Image | undefined;
  beforeAll(async () => {
    home = mkdtempSync(join(MEMORY, 'tilework-images-'));
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', home];
    execFileSync('npm', pack, { cwd: ROOT });
    symlinkSync(join(ROOT, 'deploy'), join(home, 'deploy'));
    const options = { context: home, home: join(home, 'layers') };
    image = await build(join(ROOT, 'deploy/images/worker/Dockerfile'), options).catch((error: Error) => {
      if (process.env.CI || !OFFLINE.test(error.message)) throw error;
      console.warn(`images not tested: no registry is reached (${error.message.split('\n')[0]})`);
      return undefined;
    });
  }, 240_000);
  beforeEach(({ skip }) => skip(image === undefined));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** A container as the chart starts one: an unprivileged user, who writes to /tmp only. */
  const start = (...args: string[]): Container => {
    const tmp = mkdtempSync(join(home, 'tmp-'));
    execFileSync('chown', ['1000:1000', tmp]);
    const mounts = [{ source: tmp, place: '/tmp', readOnly: false }];
    return new Container(image!, { home: join(home, 'containers'), args, mounts, readOnly: true });
  };

  it('has what is needed to run, and nothing that is needed to build', async () => {
    const node = start('node', '--version');
    expect([await node.ended, node.log]).toEqual([0, expect.stringMatching(/^v\d+/m)]);
    const looks = start(
      'sh',
      '-c',
      'ls /opt/tilework/node_modules; id -u; touch /opt/tilework/x; command -v tini',
    );
    await looks.ended;
    expect(looks.log).toMatch(/^koffi$/m);
    expect(looks.log).toMatch(/^tilework$/m);
    expect(looks.log).not.toMatch(/^(vitest|typescript|@biomejs)$/m);
    expect(looks.log).toMatch(/^1000$/m);
    expect(looks.log).toMatch(/Read-only file system/);
    expect(looks.log).toMatch(/tini$/m);
    const help = start();
    expect(await help.ended).toBe(0);
    expect(help.log).toMatch(/--death-timeout/);
  });

  it('is a worker of a real scheduler, with OpenBLAS', { timeout: 60_000 }, async () => {
    const info = start('tilework', 'info');
    const scheduler = await startScheduler(python!);
    const { address } = scheduler;
    const workers = [start('tilework', 'worker', address), start('tilework-worker', address)];
    try {
      await using engine = await connect(address);
      const a = tw.arange(40_000, { chunks: 20_000 }).reshape([200, 200]).astype('float64');
      // Products of whole numbers below 2**53 are exact: the sum over all of AA is columns of A, summed, by rows, summed.
      expect(await tw.matmul(a, a).sum().compute({ engine })).toBe(sumOfSquare(200));
      expect(await new Client(engine).submit(() => [process.getuid!(), process.env.NODE_ENV])).toEqual([
        1000,
        'production',
      ]);
      expect(await info.ended, info.log).toBe(0);
      expect(info.log).toMatch(/BLAS +OpenBLAS/);
    } finally {
      const ends = await Promise.all(workers.map((worker) => worker.stop(20_000)));
      await scheduler.kill();
      expect(ends, workers.map(({ log }) => log).join('──\n')).toEqual([0, 0]);
    }
  });

  it('lists what it is made of', async () => {
    const list = start('cat', 'sbom.cdx.json');
    expect(await list.ended).toBe(0);
    const { bomFormat, components } = JSON.parse(list.log.slice(list.log.indexOf('{'))) as {
      bomFormat: string;
      components: { name: string; version: string }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['tilework', 'koffi', '@duckdb/node-api']));
    expect(names).not.toContain('vitest');
  });
});

const checker = pythonOf('the workflow', 'workflows', 'test/kubernetes/requirements-workflows.txt');

it.skipIf(checker === undefined)('the workflow that publishes them is one that GitHub takes', () => {
  const file = join(ROOT, '.github/workflows/publish.yml');
  const text = readFileSync(file, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'tilework-workflow-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const check = (text: string) => {
    const copy = join(folder, 'publish.yml');
    writeFileSync(copy, text);
    const schema = ['-m', 'check_jsonschema', '--builtin-schema', 'vendor.github-workflows', copy];
    return spawnSync(checker!, schema, { encoding: 'utf8' });
  };
  const { status, stdout } = check(text);
  expect(status, stdout).toBe(0);
  expect(check(text.replaceAll('runs-on', 'runs_on')).status).toBe(1);
  // What it builds is there.
  const { jobs } = parse(text) as { jobs: { image: { strategy: { matrix: { image: string[] } } } } };
  expect(jobs.image.strategy.matrix.image.sort()).toEqual(
    readdirSync(join(ROOT, 'deploy/images'))
      .filter((name) => !name.includes('.'))
      .sort(),
  );
});

/** The sum over A·A where A is 0, 1, 2, … in n rows of n. */
function sumOfSquare(n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) {
    let column = 0;
    let row = 0;
    for (let i = 0; i < n; i++) {
      column += i * n + k;
      row += k * n + i;
    }
    sum += column * row;
  }
  return sum;
}
