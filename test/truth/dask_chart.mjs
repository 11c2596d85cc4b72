/**
 * Records what Dask's own Helm chart makes of our values for it: no package registry has that chart, so tests cannot render it.
 *
 *     node test/truth/dask_chart.mjs CLONE            writes test/truth/dask-chart.json
 *     node test/truth/dask_chart.mjs CLONE --check    exit code 1 where that is not what is rendered
 *
 * CLONE is a git repository, bare or not, of https://github.com/dask/helm-chart: the newest release of the chart is a tag there. The text of the scheduler's
 * module is left out, so that the recording does not change with it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { kubernetesTools } from '../../scripts/tools/kubernetes.mjs';

/** What `--repo https://helm.dask.org` serves. */
const VERSION = '2024.1.1';
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const VALUES = path.join(ROOT, 'deploy/official/dask-chart');
const RECORDING = path.join(path.dirname(fileURLToPath(import.meta.url)), 'dask-chart.json');

function render(clone) {
  const git = (...args) => execFileSync('git', ['-C', clone, ...args], { maxBuffer: 2 ** 26 });
  const home = mkdtempSync(path.join(tmpdir(), 'tilework-dask-chart-'));
  try {
    execFileSync('tar', ['-x', '-C', home], { input: git('archive', VERSION, 'dask') });
    const { scheduler } = parse(readFileSync(path.join(VALUES, 'scheduler.yaml'), 'utf8'));
    const env = scheduler.env.map(({ name }) => ({ name, value: 'as in scheduler.yaml' }));
    const files = ['values', 'python'].flatMap((name) => ['--values', path.join(VALUES, `${name}.yaml`)]);
    const { helm } = kubernetesTools().helm4;
    const words = ['template', 'my', path.join(home, 'dask'), '--namespace', 'compute', ...files];
    const text = execFileSync(helm, [...words, '--values', '-'], {
      input: JSON.stringify({ scheduler: { env } }),
    });
    const objects = parseAllDocuments(text.toString(), { uniqueKeys: true }).map((document) =>
      document.toJS(),
    );
    const commit = git('rev-parse', `${VERSION}^{commit}`).toString().trim();
    const about = { chart: 'https://github.com/dask/helm-chart', version: VERSION, commit };
    return {
      ...about,
      objects: objects.filter((object) => object?.kind === 'Deployment' || object?.kind === 'Service'),
    };
  } finally {
    rmSync(home, { recursive: true });
  }
}

const [clone, check] = process.argv.slice(2);
if (clone === undefined) throw new Error('the clone of https://github.com/dask/helm-chart is missing');
const text = `${JSON.stringify(render(clone), undefined, 2)}\n`;
if (check !== '--check') writeFileSync(RECORDING, text);
else if (readFileSync(RECORDING, 'utf8') !== text) {
  console.error(`${RECORDING} is not what the chart renders`);
  process.exitCode = 1;
}
