import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalCluster } from '../../src/cluster/local/index.js';
import { installedKernel, notebookPython, ROOT } from './support/kernel.js';

const python = notebookPython();
const execute = promisify(execFile);

interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}
type Cell = readonly Output[];

/** Texts of notebooks are texts or lists of lines. */
const joined = (text: string | readonly string[] = ''): string =>
  typeof text === 'string' ? text : text.join('');
/** A form of a cell's result. */
const result = (cell: Cell | undefined, type = 'text/plain'): string | undefined => {
  const data = cell?.find(({ output_type }) => output_type === 'execute_result')?.data;
  return data && joined(data[type]);
};
const numbers = (text: string | undefined): number[] =>
  (text?.match(/-?\d+(\.\d+)?(e[-+]\d+)?/g) ?? []).map(Number);

describe.skipIf(python === undefined)('the notebooks, run without a browser', () => {
  let truth: Record<string, never>;
  let installed: ReturnType<typeof installedKernel>;

  const script = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const env = {
      ...process.env,
      JUPYTER_PATH: installed.path,
      PATH: `${dirname(python!)}:${process.env.PATH}`,
      ...environment,
    };
    const file = join(import.meta.dirname, 'support/notebooks.py');
    const { stdout } = await execute(python!, ['-B', file, ...args], { env, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  };
  const path = (name: string): string => join(ROOT, 'notebooks', `${name}.ipynb`);
  const run = (name: string, environment?: Record<string, string>): Promise<Cell[]> =>
    script(['run', path(name)], environment);

  beforeAll(async () => {
    installed = installedKernel();
    truth = await script(['truth']);
  });
  afterAll(() => rmSync(installed.prefix, { recursive: true, force: true }));

  it('array', { timeout: 120_000 }, async () => {
    const [array, mean, first, graph, plot] = await run('array');
    expect(result(array, 'text/html')).toMatch(/<svg/);
    expect(numbers(result(mean))[0]).toBeCloseTo(truth.mean, 12);
    expect(mean!.some(({ data }) => joined(data?.['text/html']).includes('<progress'))).toBe(true);
    close(numbers(result(first)), truth.first, 7);
    expect(result(graph, 'image/svg+xml')).toMatch(/^<svg/);
    expect(result(plot, 'image/svg+xml')!.match(/<circle/g)).toHaveLength(200);
  });

  it('dataframe', { timeout: 120_000 }, async () => {
    const [frame, late, rows, plan, plot] = await run('dataframe');
    expect(result(frame, 'text/html')).toMatch(/<table/);
    expect(result(late, 'text/html')!.match(/<tr>/g)).toHaveLength(6);
    const expected = (truth.late as [string, number, number][]).map(([carrier, flights, mean]) => [
      carrier,
      flights,
      mean,
    ]);
    const found = [...result(rows)!.matchAll(/carrier: '(.)', flights: (\d+), mean: ([\d.]+)/g)];
    expect(found.map(([, carrier, flights]) => [carrier, Number(flights)])).toEqual(
      expected.map(([carrier, flights]) => [carrier, flights]),
    );
    close(
      found.map(([, , , mean]) => Number(mean)),
      expected.map(([, , mean]) => mean as number),
      12,
    );
    expect(result(plan, 'image/svg+xml')).toMatch(/^<svg/);
    expect(result(plot, 'image/svg+xml')!.match(/<rect/g)).toHaveLength(7);
  });

  it('cluster', { timeout: 120_000 }, async () => {
    const [workers, sum, totals] = await run('cluster');
    expect(result(workers)).toBe('2');
    expect(numbers(result(sum))).toEqual([truth.sum]);
    const found = [...result(totals)!.matchAll(/total: (\d+)/g)].map(([, total]) => Number(total));
    expect(found).toEqual(truth.totals);
  });

  it('post', { timeout: 120_000 }, async () => {
    await using cluster = await LocalCluster({ dask: python!, workers: 2, memoryLimit: '1GiB' });
    const [scheme, array, lazy, means, sum] = await run('post', { DASK_SCHEDULER_ADDRESS: cluster.address });
    expect(result(scheme)).toBe("'tcp'");
    for (const each of [array, lazy]) expect(result(each, 'text/html')).toMatch(/<svg/);
    close(numbers(result(means)), truth.z, 7);
    expect(numbers(result(sum))[0]).toBeCloseTo(truth.kept, 5);
  });

  it.each(['array', 'dataframe', 'cluster', 'post'])(
    '%s has outputs in the repository, and no errors',
    (name) => {
      const notebook = JSON.parse(readFileSync(path(name), 'utf8'));
      const outputs = notebook.cells.flatMap(({ outputs = [] }: { outputs?: Output[] }) => outputs);
      expect(outputs.some(({ output_type }: Output) => output_type === 'execute_result')).toBe(true);
      expect(outputs.some(({ output_type }: Output) => output_type === 'error')).toBe(false);
    },
  );
});

function close(found: readonly number[], expected: readonly number[], digits: number): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, each] of expected.entries()) expect(found[i]).toBeCloseTo(each, digits);
}
