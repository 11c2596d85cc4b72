/**
 * Makes the parts of the Helm chart, and of what is shipped for others' charts, that are made of something else.
 *
 *     node scripts/chart.mjs            writes them
 *     node scripts/chart.mjs --check    exit code 1 where one is not what it would be made
 *
 * Helm reads no file outside of a chart, so the scheduler's modules are copied into it. The table of values in its README is made of values.yaml.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isScalar, parseDocument, stringify } from 'yaml';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');
const MODULES = ['tilework_scheduler.py', 'tilework_python.py'];

/** What is made: contents by path from the repository's root. */
export function generated() {
  const modules = Object.fromEntries(MODULES.map((name) => [name, read(`deploy/scheduler/${name}`)]));
  const files = {};
  for (const [name, text] of Object.entries(modules)) files[`deploy/chart/files/scheduler/${name}`] = text;
  files['deploy/chart/README.md'] = withTable(read('deploy/chart/README.md'));
  files['deploy/official/dask-chart/scheduler.yaml'] = preload(modules);
  files['deploy/official/operator/scheduler-modules.yaml'] = configMap(modules);
  return files;
}

/** The modules as an object, where no Helm puts them together. */
const configMap = (data) =>
  `# Made by \`npm run chart\` of deploy/scheduler.\n${stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tilework-scheduler' },
    data,
  })}`;

/** Values of Dask's chart, which mounts nothing into its scheduler: Dask takes the text of a module too. */
function preload({ 'tilework_scheduler.py': scheduler, 'tilework_python.py': python }) {
  // A JSON string is one of Python too; Kubernetes reads $(…) in variables as the name of another.
  const text = `${scheduler}\nPYTHON_SIDE = ${JSON.stringify(python)}\n`.replaceAll('$(', '$$(');
  const env = [{ name: 'DASK_DISTRIBUTED__SCHEDULER__PRELOAD', value: text }];
  return `# Made by \`npm run chart\` of deploy/scheduler.\n${stringify({ scheduler: { env } })}`;
}

const TABLE = /(<!-- values: .*? -->\n)[\s\S]*?(<!-- end of values -->)/;

function withTable(readme) {
  const lines = ['| value | default | |', '| --- | --- | --- |'];
  for (const { key, value, text } of rows(parseDocument(read('deploy/chart/values.yaml')).contents))
    lines.push(`| \`${key}\` | \`${JSON.stringify(value).replaceAll('|', '\\|')}\` | ${text} |`);
  return readme.replace(TABLE, (_, begin, end) => `${begin}${lines.join('\n')}\n${end}`);
}

/** Leaves of the document, with what the comments before them say after two dashes. */
function* rows(map, prefix = '') {
  for (const [at, { key, value }] of map.items.entries()) {
    const name = `${prefix}${key.value}`;
    // A comment before the first key belongs to the mapping.
    const comment = key.commentBefore ?? (at === 0 ? map.commentBefore : undefined) ?? '';
    const text = /(?:^|\n) -- ([\s\S]*)$/.exec(comment)?.[1].replaceAll(/\n ?/g, ' ') ?? '';
    const branches = isMap(value) && value.items.length > 0 && !value.flow;
    if (branches && text === '') yield* rows(value, `${name}.`);
    else yield { key: name, value: isScalar(value) ? value.value : value.toJSON(), text };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  for (const [file, text] of Object.entries(generated())) {
    const target = path.join(ROOT, file);
    if (existsSync(target) && read(file) === text) continue;
    console.log(`${check ? 'differs' : 'written'}: ${file}`);
    if (check) process.exitCode = 1;
    else {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
}
