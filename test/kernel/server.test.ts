import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find, HELMS, template } from '../kubernetes/support/chart.js';
import { Pods } from '../kubernetes/support/pod.js';
import { hasBrowser, withPage } from './support/browser.js';
import { installedKernel, notebookPython, ROOT, type Said } from './support/kernel.js';

const python = notebookPython();
const browser = hasBrowser();
const [, tools] = HELMS.at(-1) ?? [];
const PASSWORD = 'correct horse battery';
const NOTEBOOKS = ['array', 'dataframe', 'cluster', 'post'] as const;
const RUNS = 50;
/** What is run so often: outputs of each kind. */
const AGAIN = [
  `import * as tw from 'tilework';
const x = tw.arange(1_000, { chunks: 100 });
console.log('out'); console.error('err');
const shown = await display('before'); await shown.update('after');
x`,
  `for (let i = 0; i < 100; i++) console.log(i);
await display(await x.sum().compute({ onProgress: tw.progressBar('sum') }));
x.add(1).sum().visualize()`,
];

/** All that a cell causes. */
type Cell = readonly Said[];
interface Found {
  readonly ran: Readonly<Record<(typeof NOTEBOOKS)[number], readonly Cell[]>>;
  readonly runs: readonly (readonly Cell[])[];
  readonly [about: string]: unknown;
}

const path = (name: string): string => join(ROOT, 'notebooks', `${name}.ipynb`);
const contents = (cell: Cell | undefined, kind: string) =>
  (cell ?? []).filter(({ type }) => type === kind).map(({ content }) => content);
/** A form of a cell's result. */
const result = (cell: Cell | undefined, type = 'text/plain'): string | undefined =>
  contents(cell, 'execute_result')[0]?.data[type];
const numbers = (text: string | undefined): number[] =>
  (text?.match(/-?\d+(\.\d+)?(e[-+]\d+)?/g) ?? []).map(Number);

describe.skipIf(python === undefined || tools === undefined)('the notebook server of the chart', () => {
  const installed = python === undefined ? undefined : installedKernel();
  afterAll(() => installed && rmSync(installed.prefix, { recursive: true, force: true }));

  let found: Found;
  let truth: Record<string, never>;
  // One server, beside the chart's scheduler and workers, for all that is looked at below.
  beforeAll(async () => {
    const objects = await template(tools!, {
      workers: { node: { resources: { limits: { memory: '1Gi' } } } },
      jupyter: {
        password: PASSWORD,
        env: [
          { name: 'JUPYTER_PATH', value: installed!.path },
          // Dask's command is found by it, as in the image.
          { name: 'PATH', value: `${dirname(python!)}:${process.env.PATH}` },
        ],
      },
    });
    const pods = new Pods(objects, python!);
    const part = (name: string) => find(objects, 'Deployment', `my-tilework-${name}`).spec.template;
    const scheduler = pods.start('scheduler', part('scheduler'), (ip) => [`--host=${ip}`]);
    pods.names.set('my-tilework-scheduler', scheduler.ip);
    const jupyter = pods.start('jupyter', part('jupyter'), (ip) => [`--ServerApp.ip=${ip}`, '--allow-root']);
    const workers = [1, 2].map(() => pods.start('worker', part('worker-node')));
    await Promise.all([scheduler, jupyter, ...workers].map((pod) => pod.up()));
    const url = `http://${jupyter.ip}:8888`;
    const again = join(installed!.prefix, 'again.ipynb');
    const cells = AGAIN.map((source) => ({ cell_type: 'code', metadata: {}, source }));
    writeFileSync(again, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }));
    truth = JSON.parse(await script('notebooks.py', ['truth']));
    const what = { notebooks: NOTEBOOKS.map(path), again: { notebook: again, runs: RUNS } };
    found = JSON.parse(await script('server.py', [url, PASSWORD], JSON.stringify(what)));
    if (browser) await withPage((page) => inBrowser(page, url));
  }, 600_000);

  it('lets in who has the password, and shows the kernel', () => {
    expect(found).toMatchObject({ anybody: 403, wrong: 401, right: 302, specs: ['tilework'], ended: 204 });
  });

  it('array', () => {
    const [array, mean, first, graph, plot] = found.ran.array;
    expect(result(array, 'text/html')).toMatch(/<svg/);
    expect(numbers(result(mean))[0]).toBeCloseTo(truth.mean!, 12);
    expect(contents(mean, 'update_display_data').at(-1).data['text/html']).toContain('<progress');
    close(numbers(result(first)), truth.first!, 7);
    expect(result(graph, 'image/svg+xml')).toMatch(/^<svg/);
    expect(result(plot, 'image/svg+xml')!.match(/<circle/g)).toHaveLength(200);
  });

  it('dataframe', () => {
    const [frame, late, rows, plan, plot] = found.ran.dataframe;
    expect(result(frame, 'text/html')).toMatch(/<table/);
    expect(result(late, 'text/html')!.match(/<tr>/g)).toHaveLength(6);
    const expected = truth.late as unknown as [string, number, number][];
    const said = [...result(rows)!.matchAll(/carrier: '(.)', flights: (\d+), mean: ([\d.]+)/g)];
    expect(said.map(([, carrier, flights]) => [carrier, Number(flights)])).toEqual(
      expected.map(([carrier, flights]) => [carrier, flights]),
    );
    close(
      said.map(([, , , mean]) => Number(mean)),
      expected.map(([, , mean]) => mean),
      12,
    );
    expect(result(plan, 'image/svg+xml')).toMatch(/^<svg/);
    expect(result(plot, 'image/svg+xml')!.match(/<rect/g)).toHaveLength(7);
  });

  it('cluster, which starts one beside that of the chart', () => {
    const [workers, sum, totals] = found.ran.cluster;
    expect(result(workers)).toBe('2');
    expect(numbers(result(sum))).toEqual([truth.sum]);
    const said = [...result(totals)!.matchAll(/total: (\d+)/g)].map(([, total]) => Number(total));
    expect(said).toEqual(truth.totals);
  });

  it('post, on the workers of the chart, by its certificates', () => {
    const [scheme, array, lazy, means, sum] = found.ran.post;
    expect(result(scheme)).toBe("'tls'");
    for (const each of [array, lazy]) expect(result(each, 'text/html')).toMatch(/<svg/);
    close(numbers(result(means)), truth.z!, 7);
    expect(numbers(result(sum))[0]).toBeCloseTo(truth.kept!, 5);
  });

  it('loses no output in fifty runs of a notebook, over a restart of its kernel', () => {
    expect(found.runs).toHaveLength(RUNS);
    const lines = `${Array.from({ length: 100 }, (_, i) => i).join('\n')}\n`;
    for (const [run, cells] of found.runs.entries()) {
      expect(cells).toHaveLength(AGAIN.length);
      const [first, second] = cells.map(outputs);
      expect(first, `run ${run}`).toEqual([
        'out\n',
        'err\n',
        expect.stringMatching(/^display_data.*before/),
        expect.stringMatching(/^update_display_data.*after/),
        expect.stringMatching(/^execute_result.*<svg/),
      ]);
      const [printed, shown] = [second!.filter(isPrinted), second!.filter((output) => !isPrinted(output))];
      expect(printed.join(''), `run ${run}`).toBe(lines);
      expect(shown[0]).toMatch(/^display_data.*<progress/);
      expect(shown.slice(-2), `run ${run}`).toEqual([
        expect.stringMatching(/^display_data.*499500/),
        expect.stringMatching(/^execute_result.*"<svg/),
      ]);
    }
    // Each kernel counts its cells from one.
    const counts = found.runs.flat().map((cell) => contents(cell, 'execute_reply')[0].execution_count);
    const each = (runs: number) => Array.from({ length: runs * AGAIN.length }, (_, i) => i + 1);
    expect(counts).toEqual([RUNS / 2, RUNS / 2].flatMap(each));
  });

  it.each(NOTEBOOKS)(
    '%s says all before the kernel is idle, without an error, here and in the repository',
    (name) => {
      for (const cell of found.ran[name]) {
        expect(contents(cell, 'error')).toEqual([]);
        const published = cell.filter(({ type }) => type !== 'execute_reply');
        expect(published.at(-1)).toMatchObject({ type: 'status', content: { execution_state: 'idle' } });
      }
      const notebook = JSON.parse(readFileSync(path(name), 'utf8'));
      const kept = notebook.cells.flatMap(
        ({ outputs = [] }: { outputs?: { output_type: string }[] }) => outputs,
      );
      const kinds = kept.map(({ output_type }: { output_type: string }) => output_type);
      expect(kinds).toContain('execute_result');
      expect(kinds).not.toContain('error');
    },
  );
});

/** What a cell shows, in its order: texts that are printed, and the rest as kinds and data. */
const outputs = (cell: Cell): string[] =>
  cell.flatMap(({ type, content }) =>
    type === 'stream' ? [content.text] : content.data ? [`${type} ${JSON.stringify(content.data)}`] : [],
  );

const isPrinted = (output: string): boolean => output.endsWith('\n');

/** What a script beside this file prints. */
async function script(name: string, args: readonly string[], input = ''): Promise<string> {
  const file = join(import.meta.dirname, 'support', name);
  const child = spawn(python!, ['-B', file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code, name).toBe(0);
  return said;
}

function close(found: readonly number[], expected: readonly number[], digits: number): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, each] of expected.entries()) expect(found[i]).toBeCloseTo(each, digits);
}

/** Logs in, and runs a notebook whose kernel is there, by the menu. */
async function inBrowser(page: import('playwright-core').Page, url: string): Promise<void> {
  await page.goto(`${url}/lab/tree/array.ipynb`);
  const login = async (password: string): Promise<void> => {
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
  };
  await login('dask');
  await page.waitForSelector('text=Invalid credentials');
  await login(PASSWORD);
  const cells = page.locator('.jp-CodeCell');
  await cells.first().waitFor({ timeout: 60_000 });
  await page.getByText('TypeScript (tilework) | Idle').waitFor({ timeout: 60_000 });
  const shown = (n: number, what: string) => cells.nth(n).locator(`.jp-OutputArea-output ${what}`).first();
  // Of what was saved JupyterLab does not show this; and before the kernel has answered it takes the command and runs nothing.
  for (let left = 3, begun = false; !begun; left--) {
    await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
    await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click();
    try {
      await shown(1, 'progress').waitFor({ timeout: 20_000 });
      begun = true;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
  await shown(0, 'svg').waitFor({ timeout: 60_000 });
  await cells.nth(1).locator('text=/^0\\.49|^0\\.50/').waitFor({ timeout: 60_000 });
  await shown(3, 'img').waitFor({ timeout: 60_000 });
  if (process.env.SCREENSHOT)
    await page.screenshot({
      path: process.env.SCREENSHOT,
      clip: { x: 0, y: 0, width: 1_180, height: 1_560 },
    });
}
