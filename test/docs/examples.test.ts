/** Every example of the documents and of the doc comments compiles, runs, and gives what it says. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as tw from '../../src/index.js';
import { pythonOf } from '../support/scripts.js';
import { runExample, statementsOf } from './run.js';
import { commentsOf, type Documented, type Example, examplesOfDocument } from './scan.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const under = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => join(folder, path))
    .sort();

/** What examples of clusters need, where it can be had. */
const dask = pythonOf('examples of clusters', 'cluster', 'test/cluster/requirements.txt');
if (dask !== undefined) vi.stubEnv('TILEWORK_DASK', dask);

const documents = ['README.md', 'CONTRIBUTING.md', ...under('docs', '.md')];
const comments = under('src', '.ts').flatMap((file) => commentsOf(file, read(file)));

/** What a comment's examples see beside all public names: what its file exports, where that is not public itself. */
const ownNames = async (file: string): Promise<Record<string, unknown>> => await import(join(root, file));

/** Whether public functions are defined in a file. */
const isPublic = (file: string): boolean =>
  /^src\/array\/(?!ops\/|lower\/)/.test(file) ||
  /^src\/(bag|delayed|futures|lazy|cluster\/index|cluster\/errors)[/.]/.test(file) ||
  /^src\/frame\/(?!duck\/|exchange\/|optimize\/|plan\/|sql\/)/.test(file) ||
  [
    'src/engine/default.ts',
    'src/engine/errors.ts',
    'src/engine/local-engine.ts',
    'src/graph/diagnose.ts',
    'src/graph/errors.ts',
    'src/graph/function-spec.ts',
    'src/graph/order.ts',
    'src/io/netcdf/open.ts',
    'src/io/npz.ts',
    'src/watch/progress.ts',
    'src/watch/visualize-text.ts',
    'src/watch/visualize.ts',
  ].includes(file);

const ofDocuments = documents.flatMap((file) => examplesOfDocument(file, read(file)));
const ofComments = comments.flatMap(({ file, line, name, examples }) =>
  examples.map((code): Example & { file: string } => ({ file, name: `${file}:${line} ${name}`, code })),
);

/** What examples of doc comments see: all public names, and one array. */
const { var: _, delete: __, ...api }: Readonly<Record<string, unknown>> = { ...tw };
const names = Object.keys(api);
const x = () => tw.arange(6).reshape([2, 3]);

let engine: tw.LocalEngine;
let directory: string;
let home: string;

beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2 });
  tw.useEngine(engine);
  home = process.cwd();
  directory = mkdtempSync(join(tmpdir(), 'tilework-examples-'));
  // Files that examples read.
  for (const file of ['npy/stored.npz', 'netcdf/packed.nc'])
    copyFileSync(join(root, 'test/data/io', file), join(directory, basename(file)));
  for (const file of ['flights-3m.parquet', 'airports.csv'])
    symlinkSync(join(root, 'node_modules/vega-datasets/data', file), join(directory, file));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(home);
  tw.useEngine(undefined);
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

describe('examples of doc comments', () => {
  for (const { file, name, code } of ofComments)
    it(name, async () => {
      await runExample(code, { ...api, ...(await ownNames(file)), tw, x: x() });
    });
});

// Behind the others: frames of a cluster start this process's own engine, which `configure` is for.
describe('examples of documents', () => {
  for (const { name, code } of ofDocuments)
    it.skipIf(dask === undefined && code.includes('LocalCluster'))(
      name,
      async () => {
        await runExample(code, { tw });
      },
      300_000,
    );
});

it('all compile', () => {
  const folder = join(root, `.cache/examples-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const wrap = (preamble: string, { name, code }: Example, i: number): void =>
      writeFileSync(join(folder, `${i}.ts`), `// ${name}\n${preamble}\nexport {};\n${code}\n`);
    const preamble = `import * as tw from 'tilework';\nimport { ${names.join(', ')} } from 'tilework';\nconst x = arange(6).reshape([2, 3]);`;
    const own = (file: string): string => {
      const exported = comments.filter((c) => c.file === file && c.exported && !names.includes(c.name));
      const none = exported.length === 0;
      const path = relative(folder, join(root, file)).replace(/\.ts$/, '.js');
      return none ? '' : `\nimport { ${exported.map((c) => c.name).join(', ')} } from '${path}';`;
    };
    ofDocuments.forEach((example, i) => {
      wrap(example.code.includes("from 'tilework'") ? '' : "import * as tw from 'tilework';", example, i);
    });
    ofComments.forEach((example, i) => {
      const imports = /^import .*$/gm;
      const body = example.code.replace(imports, '');
      const code = `${(example.code.match(imports) ?? []).join('\n')}\nexport async function example() {\n${body}\n}`;
      wrap(preamble + own(example.file), { ...example, code }, ofDocuments.length + i);
    });
    const config = {
      extends: relative(folder, join(root, 'tsconfig.json')),
      compilerOptions: {
        noUnusedLocals: false,
        verbatimModuleSyntax: false,
        paths: { tilework: [relative(folder, join(root, 'src/index.ts'))] },
      },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const require = createRequire(import.meta.url);
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--noEmit', '--pretty', 'false'], {
      encoding: 'utf8',
      cwd: folder,
      timeout: 200_000,
    });
    const named = stdout.replace(/^(\d+)\.ts/gm, (_, i) => [...ofDocuments, ...ofComments][i].name);
    expect(named.trim()).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 200_000);

/** Names that stand for functions of a family. */
const NAMESPACES: ReadonlySet<string> = new Set(['bag', 'random', 'linalg']);

describe('what is public', () => {
  const documented = new Map<string, Documented>();
  for (const comment of comments)
    if (comment.exported && isPublic(comment.file)) documented.set(comment.name, comment);

  it.each(names.filter((name) => !NAMESPACES.has(name)))('%s is documented', (name) => {
    expect(documented.get(name)?.text ?? '').not.toBe('');
  });

  it.each(Object.keys(tw.linalg))('linalg.%s is documented, with an example', (name) => {
    expect(documented.get(name)?.text ?? '').not.toBe('');
    expect(documented.get(name)?.examples ?? []).not.toHaveLength(0);
  });

  const functions = names.filter((name) => {
    return typeof api[name] === 'function' && !/^[A-Z]/.test(name);
  });
  it.each(functions)('%s has an example', (name) => {
    expect(documented.get(name)?.examples ?? []).not.toHaveLength(0);
  });

  /** Methods that are for the class itself. */
  const hiddenIn = (folder: string): ReadonlySet<string | undefined> =>
    new Set(
      under(folder, '.ts')
        .map(read)
        .flatMap((source) =>
          [...source.matchAll(/^ {2}(?:private|protected) (?:async )?\*?(?:get )?(\w+)/gm)].map(
            ([, member]) => member,
          ),
        ),
    );

  /** What stands in a guide's list, between two headings. */
  const listed = (guide: string, from: string, to?: string): string => {
    const text = read(guide);
    return text.slice(text.indexOf(from), to === undefined ? undefined : text.indexOf(to));
  };
  const lists = [
    listed('docs/arrays.md', '## All functions', '## From NumPy'),
    listed('docs/frames.md', '## All of it'),
    listed('docs/delayed.md', '## All of it'),
    listed('docs/futures.md', '## All of it'),
    listed('docs/cluster.md', '## All of it'),
  ];

  it('is in the list of a guide', () => {
    const words = new Set(
      lists.flatMap((list) => [...list.matchAll(/[.\w]+/g)].map(([word]) => word.replace(/^\./, ''))),
    );
    const missing = names.filter((name) => /^[a-z]/.test(name) && !words.has(name) && !NAMESPACES.has(name));
    expect(missing).toEqual([]);
    expect(Object.keys(tw.linalg).filter((name) => !words.has(name))).toEqual([]);
    const methods = [...lists[0]!.matchAll(/\.([a-z]\w+)/g)].map(([, name]) => name);
    expect(methods.filter((m) => m !== 'defaultRng' && !(m in x()))).toEqual([]);
    const verbs = [...lists[1]!.replace(/\]\(.*?\)/g, ']').matchAll(/\.([a-z]\w+)/g)].map(([, name]) => name);
    expect(verbs.filter((verb) => !(verb in tw.DataFrame.prototype))).toEqual([]);
  });

  /** A prototype and those that it inherits from: methods come by families. */
  const familiesOf = (prototype: object): object[] =>
    prototype === Object.prototype ? [] : [prototype, ...familiesOf(Object.getPrototypeOf(prototype))];

  it.each([
    tw.DataFrame,
    tw.GroupBy,
    tw.Resampled,
    tw.Expr,
    tw.Case,
    ...[tw.col('a').str, tw.col('a').dt, tw.col('a').list, tw.col('a').struct].map((of) => of.constructor),
    tw.GroupingSets,
  ])('%o has methods that are documented, with an example each', ({ prototype }) => {
    const hidden = hiddenIn('src/frame');
    const own = new Set(
      comments.filter((c) => c.file.startsWith('src/frame/') && c.examples.length > 0).map((c) => c.name),
    );
    const methods = familiesOf(prototype).flatMap((family) =>
      Object.getOwnPropertyNames(family)
        .filter((m) => m !== 'constructor' && m !== 'toString' && !hidden.has(m))
        .map((m) => `${family.constructor.name}.${m}`),
    );
    expect(methods.length).toBeGreaterThan(0);
    expect(methods.filter((m) => !own.has(m))).toEqual([]);
  });

  it('bags have functions and methods that are documented, with an example each', () => {
    const own = new Set(
      comments.filter((c) => c.file.startsWith('src/bag/') && c.examples.length > 0).map((c) => c.name),
    );
    const hidden = hiddenIn('src/bag');
    const methods = familiesOf(tw.Bag.prototype).flatMap((family) =>
      Object.getOwnPropertyNames(family)
        .filter((m) => !/^(constructor|toString)$/.test(m) && !hidden.has(m))
        .map((m) => `${family.constructor.name}.${m}`),
    );
    expect(methods.length).toBeGreaterThan(30);
    const all = [...Object.keys(tw.bag), ...methods];
    expect(all.filter((name) => !own.has(name))).toEqual([]);
    const words = listed('docs/bag.md', '## All of it').match(/\w+/g);
    expect(all.filter((name) => !words!.includes(name.replace(/^\w+\./, '')))).toEqual([]);
  });

  it.each([tw.Delayed, tw.Future, tw.Client, tw.AsCompleted])(
    '%o has methods with examples',
    ({ name, prototype }) => {
      const own = new Map(comments.map((comment) => [comment.name, comment]));
      const hidden = hiddenIn('src/futures');
      const methods = Object.getOwnPropertyNames(prototype).filter(
        (m) => !/^(constructor|toString|then)$/.test(m) && !hidden.has(m),
      );
      expect(methods.filter((m) => (own.get(`${name}.${m}`)?.text ?? '') === '')).toEqual([]);
    },
  );

  it.each([tw.Delayed])('%o has methods with examples', ({ name, prototype }) => {
    const own = new Map(comments.map((comment) => [comment.name, comment]));
    const hidden = hiddenIn('src/futures');
    const methods = Object.getOwnPropertyNames(prototype).filter(
      (m) => !/^(constructor|toString|then)$/.test(m) && !hidden.has(m),
    );
    expect(methods.filter((m) => (own.get(`${name}.${m}`)?.text ?? '') === '')).toEqual([]);
  });

  it('has methods that are documented', () => {
    const own = comments.filter(({ file }) => file === 'src/array/array.ts').map(({ name }) => name);
    const methods = Object.getOwnPropertyNames(tw.TileArray.prototype).filter((m) => m !== 'constructor');
    expect(methods.filter((m) => m !== 'toString' && !own.includes(`TileArray.${m}`))).toEqual([]);
  });
});

describe('the runner of examples', () => {
  const run = (code: string) => runExample(code, { tw });

  it('fails where a value is not as the comment says', async () => {
    await expect(run('1 + 1; // 2')).resolves.toBe(1);
    await expect(run('1 + 1; // 3')).rejects.toThrow(/line 1: 1 \+ 1 gives\n2/);
    await expect(run('const a = 1;\n[a,\n  2]; // [ 1, 3 ]')).rejects.toThrow(/line 2/);
    await expect(run("({ a: 'b' }); // { a: 'b' }")).resolves.toBe(1);
    await expect(run('await tw.ones([2]).add(1).compute(); // [2. 3.]')).rejects.toThrow(/\[2\. 2\.\]/);
  });

  it('fails where an example throws, or does not when it should', async () => {
    await expect(run('tw.zeros([-1]);')).rejects.toThrow(/shape/);
    await expect(run('tw.zeros([-1]); // throws RangeError: shape [-1]')).resolves.toBe(1);
    await expect(run('tw.zeros([-1]); // throws RangeError: something else')).rejects.toThrow(/fails: shape/);
    await expect(run('tw.zeros([1]); // throws RangeError')).rejects.toThrow(/does not throw/);
  });

  it('takes imports, types and printing', async () => {
    await expect(run("import { zeros as z } from 'tilework';\nz([2]).size; // 2")).resolves.toBe(1);
    await expect(run("import { join } from 'node:path';\njoin('a', 'b'); // a/b")).resolves.toBe(1);
    await expect(run('const f = (a: number): number => a;\nconsole.log(f(1), "x"); // 1 x')).resolves.toBe(1);
    await expect(run('console.log(1); // 2')).rejects.toThrow(/gives\n1/);
  });

  it('finds statements', () => {
    const found = statementsOf(
      "const s = ';'; // no end\nfor (const a of []) {\n  a; // inside\n}\nf(`;$" + '{1}`); // 5',
    );
    expect(found.map(({ text, expected }) => [text, expected])).toEqual([
      ["const s = ';';", 'no end'],
      ['for (const a of []) {\n  a; // inside\n}', undefined],
      ['f(`;$' + '{1}`);', '5'],
    ]);
  });

  it('finds examples', () => {
    const text = '# A\n```ts\na\n```\n```sh\nno\n```\n```ts\nb\n```\n## B\n```ts\nc\n```\n';
    expect(examplesOfDocument('f.md', text)).toEqual([
      { name: 'f.md:3', code: 'a\nb' },
      { name: 'f.md:13', code: 'c' },
    ]);
    const source =
      '/**\n * Text.\n *\n * @throws never\n * @example\n * f(1); // 2\n * f(2); // 3\n * @example\n * g();\n */\nexport const f = 1;';
    expect(commentsOf('f.ts', source)).toMatchObject([
      { name: 'f', exported: true, line: 1, examples: ['f(1); // 2\nf(2); // 3', 'g();'] },
    ]);
  });
});
