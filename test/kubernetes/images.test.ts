import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { connect } from '../../src/cluster/client/index.js';
import { Client } from '../../src/futures/index.js';
import * as tw from '../../src/index.js';
import { startScheduler } from '../cluster/support/scheduler.js';
import { pythonOf } from '../support/scripts.js';
import { kubernetesPython } from './support/chart.js';
import {
  type BuildOptions,
  build,
  Container,
  type Image,
  MEMORY,
  type Mount,
  SYSTEM,
  systemWith,
} from './support/container/index.js';

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

let home: string;
beforeAll(() => {
  if (cannot !== '') return;
  home = mkdtempSync(join(MEMORY, 'tilework-images-'));
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', home];
  execFileSync('npm', pack, { cwd: ROOT });
  symlinkSync(join(ROOT, 'deploy'), join(home, 'deploy'));
});
afterAll(() => home && rmSync(home, { recursive: true, force: true }));

/** Runs the steps of a Dockerfile; undefined where no registry is reached, which is an error in CI. */
const buildOf = (name: string, more: Partial<BuildOptions> = {}): Promise<Image | undefined> =>
  build(join(ROOT, `deploy/images/${name}/Dockerfile`), {
    context: home,
    home: join(home, 'layers'),
    ...more,
  }).catch((error: Error) => {
    if (process.env.CI || !OFFLINE.test(error.message)) throw error;
    console.warn(`images not tested: no registry is reached (${error.message.split('\n')[0]})`);
    return undefined;
  });

/** A directory that the unprivileged user of images may write to. */
function writable(place: string): Mount {
  const source = mkdtempSync(join(home, 'written-'));
  execFileSync('chown', ['1000:1000', source]);
  return { source, place, readOnly: false };
}

describe.skipIf(cannot !== '' || python === undefined)("the worker's image", () => {
  let image: Image | undefined;
  beforeAll(async () => {
    image = await buildOf('worker');
  }, 240_000);
  beforeEach(({ skip }) => skip(image === undefined));

  /** A container as the chart starts one: an unprivileged user, who writes to /tmp only. */
  const start = (...args: string[]): Container =>
    new Container(image!, {
      home: join(home, 'containers'),
      args,
      mounts: [writable('/tmp')],
      readOnly: true,
    });

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

  it('is a worker of a real scheduler, with OpenBLAS', async () => {
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
      const ends = await Promise.all(workers.map((worker) => worker.stop(60_000)));
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

const notebook = pythonOf('Jupyter', 'notebook', 'deploy/images/notebook/requirements.txt');

describe.skipIf(cannot !== '' || notebook === undefined)("the notebook's image", () => {
  const JUPYTER = '/opt/jupyter';
  let image: Image | undefined;
  // Its environment of Python is the one that other tests have made of the same list, since making it takes a minute.
  beforeAll(async () => {
    const environment = realpathSync(dirname(dirname(notebook!)));
    const base = systemWith(join(home, 'base'), { [JUPYTER]: environment }, {}, { env: SYSTEM.env });
    const own = (place: string): Mount => {
      const source = join(home, 'jupyter', place);
      cpSync(join(environment, place), source, { recursive: true, verbatimSymlinks: true });
      return { source, place: join(JUPYTER, place), readOnly: false };
    };
    const [programs, kernels] = [own('bin'), own('share/jupyter/kernels')];
    // First lines of programs name the place where the environment was made.
    for (const name of readdirSync(programs.source).filter((name) => !name.startsWith('python'))) {
      const text = readFileSync(join(programs.source, name), 'utf8');
      writeFileSync(
        join(programs.source, name),
        text.replace(/^#!.*\/bin\/python.*/, `#!${JUPYTER}/bin/python`),
      );
    }
    const mounts = [...base.mounts, programs, kernels];
    image = await buildOf('notebook', { base: { ...base, mounts }, given: [JUPYTER] });
  }, 240_000);
  beforeEach(({ skip }) => skip(image === undefined));

  /** A container as the chart starts one. */
  const start = (...args: string[]): Container =>
    new Container(image!, {
      home: join(home, 'containers'),
      args,
      env: { JUPYTER_RUNTIME_DIR: '/tmp/jupyter', PYTHONDONTWRITEBYTECODE: '1' },
      mounts: [writable('/tmp'), writable('/home/tilework')],
      readOnly: true,
    });

  it('serves JupyterLab with its kernels, and runs cells by packages of its own', {
    timeout: 240_000,
  }, async () => {
    const cell = `import * as tw from 'tilework';
import * as Plot from '@observablehq/plot';
const { outerHTML } = Plot.plot({ document, marks: [] });
console.log(await tw.arange(10).sum().compute(), outerHTML.slice(0, 4), process.getuid!());`;
    const client = `from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="tilework")
client.execute_interactive(${JSON.stringify(cell)}, timeout=60)
manager.shutdown_kernel(now=True)`;
    const runs = start('python', '-c', client);
    const ip = `127.${(process.pid >> 8) & 255}.${process.pid & 255}.250`;
    const lab = start('jupyter', 'lab', '--no-browser', `--ip=${ip}`, '--IdentityProvider.token=secret');
    try {
      let over = false;
      void lab.ended.then(() => {
        over = true;
      });
      const url = `http://${ip}:8888/api/kernelspecs`;
      const ask = () => fetch(url, { headers: { authorization: 'token secret' } }).catch(() => undefined);
      let answer = await ask();
      while (answer === undefined) {
        expect(over, lab.log).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 100));
        answer = await ask();
      }
      const { kernelspecs } = (await answer.json()) as { kernelspecs: object };
      expect(Object.keys(kernelspecs).sort()).toEqual(['python3', 'tilework']);
      expect((await fetch(url)).status).toBe(403);
      expect([await runs.ended, runs.log]).toEqual([0, expect.stringMatching(/^45 <svg 1000$/m)]);
    } finally {
      await lab.stop(10_000);
    }
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
