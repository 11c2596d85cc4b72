/** The declarations that users' compilers read. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const folder = join(root, `.cache/declarations-${process.pid}`);
const types = join(folder, 'types');

function compile(...args: string[]): string {
  const { stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false', ...args], {
    encoding: 'utf8',
    cwd: root,
    timeout: 200_000,
  });
  return stdout.trim();
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  expect(compile('-p', 'tsconfig.build.json', '--outDir', types)).toBe('');
}, 200_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The declarations that can be reached from a door. */
function reachable(door: string, seen = new Set<string>()): Set<string> {
  if (seen.has(door)) return seen;
  seen.add(door);
  for (const [, path] of readFileSync(door, 'utf8').matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g))
    reachable(join(dirname(door), `${path}.d.ts`), seen);
  return seen;
}

/** A type `any`, where a type can stand; functions may be called so. */
const ANY = /(?:[:<|&,([=]|=>|\bas|\bextends|\bkeyof|\breadonly)\s*any\b(?!\s*[:(?}])/;

it('says any nowhere', () => {
  const files = [...reachable(join(types, 'frame/index.d.ts'), reachable(join(types, 'index.d.ts')))];
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\b(?:ex|im)port(?: type)? \{[^}]*\}/g, '');
    return text
      .split('\n')
      .flatMap((line) => (ANY.test(line) ? [`${relative(types, file)}: ${line.trim()}`] : []));
  });
  expect(found).toEqual([]);
});

it('would be found', () => {
  for (const text of ['x: any;', 'Promise<any>', '(a: any) => void', 'any[] | any', 'type A = any', '=> any'])
    expect(ANY.test(text), text).toBe(true);
  for (const text of ['declare const any: Fn;', 'readonly any: Fn', 'anything', ': many'])
    expect(ANY.test(text), text).toBe(false);
});

/** Compiles a strict program that checks declarations, whatever resolves its modules. */
function compiles(program: string): void {
  writeFileSync(join(folder, 'program.ts'), program);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const resolution of ['NodeNext', 'Bundler']) {
    const config = {
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023', 'ESNext.Disposable'],
        types: ['node'],
        strict: true,
        noEmit: true,
        module: resolution === 'NodeNext' ? 'NodeNext' : 'ESNext',
        moduleResolution: resolution,
        skipLibCheck: false,
      },
      include: ['program.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    expect(compile('-p', folder), resolution).toBe('');
  }
}

it('is whole: a strict program that checks declarations compiles', () => {
  compiles(`
    import { mean, ones, random, type TileArray } from './types/index.js';
    const x: TileArray<'float64'> = random.defaultRng(1).random([4, 4]).add(ones([4]));
    const n: number = await mean(x).compute();
    export const s: string = n.toFixed(2);
    // @ts-expect-error strings are no elements
    mean(['a']);`);
}, 200_000);

it('is whole for frames', () => {
  compiles(`
    import { col, count, type DataFrame, readParquet } from './types/frame/index.js';
    const df = await readParquet<{ delay: 'int64'; origin: 'string' }>('flights.parquet');
    const late: DataFrame<{ origin: 'string'; n: 'int64' }> = df
      .filter(col('delay').gt(0)).groupBy('origin').agg({ n: count() });
    export const rows: { origin: string | null; n: number | bigint | null }[] = await late.rows();
    export const table = await late.compute();
    export const first: number = table.numRows;
    // @ts-expect-error no such column
    df.filter(col('dely').gt(0));
    // @ts-expect-error a table is not any
    table.nothing();
    // @ts-expect-error nor are its columns
    table.getChild('origin').nothing();`);
}, 200_000);

it('documents functions where editors look', () => {
  const read = (file: string) => readFileSync(join(types, 'array', file), 'utf8');
  expect(read('ufuncs/float.d.ts')).toMatch(/Square root[\s\S]*?\*\/\s*export declare const sqrt/);
  expect(read('reductions/totals.d.ts')).toMatch(/Arithmetic mean[\s\S]*?\*\/\s*export declare const mean\b/);
  expect(readdirSync(join(types, 'array')).length).toBeGreaterThan(20);
});
