import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { find, HELMS, template } from '../kubernetes/support/chart.js';
import { type Pod, Pods } from '../kubernetes/support/pod.js';
import { hasBrowser, withPage } from './support/browser.js';
import { installedKernel, notebookPython, ROOT, type Said } from './support/kernel.js';

const python = notebookPython();
const browser = hasBrowser();
const [, tools] = HELMS.at(-1) ?? [];
const PASSWORD = 'correct horse battery';
const execute = promisify(execFile);

describe.skipIf(python === undefined || tools === undefined)('the notebook server of the chart', () => {
  const installed = python === undefined ? undefined : installedKernel();
  afterAll(() => installed && rmSync(installed.prefix, { recursive: true, force: true }));

  /** JupyterLab with the configuration, the arguments and the environment that the chart renders. */
  async function start(): Promise<{ readonly pod: Pod; readonly url: string }> {
    const objects = await template(tools!, {
      jupyter: { password: PASSWORD, env: [{ name: 'JUPYTER_PATH', value: installed!.path }] },
    });
    const pods = new Pods(objects, python!);
    const { template: jupyter } = find(objects, 'Deployment', 'my-tilework-jupyter').spec;
    const pod = pods.start('jupyter', jupyter, (ip) => [`--ServerApp.ip=${ip}`, '--allow-root']);
    await pod.up();
    return { pod, url: `http://${pod.ip}:8888` };
  }

  it('runs a notebook for who has the password, over its WebSocket and in a browser', {
    timeout: 180_000,
  }, async () => {
    const { url } = await start();
    const script = join(import.meta.dirname, 'support/server.py');
    const { stdout } = await execute(
      python!,
      ['-B', script, url, PASSWORD, join(ROOT, 'notebooks/array.ipynb')],
      {
        maxBuffer: 2 ** 26,
      },
    );
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ anybody: 403, wrong: 401, right: 302, specs: ['tilework'], ended: 204 });
    const cells = said.cells as readonly (readonly Said[])[];
    const [array, mean, , graph, plot] = cells;
    for (const cell of cells) {
      // No output after the kernel is idle again, and none lost.
      const published = cell.filter(({ type }) => type !== 'execute_reply');
      expect(published.at(-1)).toMatchObject({ type: 'status', content: { execution_state: 'idle' } });
      expect(published.filter(({ type }) => type === 'execute_result')).toHaveLength(1);
    }
    const data = (cell: readonly Said[]) => cell.find(({ type }) => type === 'execute_result')!.content.data;
    expect(data(array!)['text/html']).toMatch(/<svg/);
    expect(mean!.filter(({ type }) => type === 'update_display_data').length).toBeGreaterThan(0);
    expect(data(graph!)['image/svg+xml']).toMatch(/^<svg/);
    expect(data(plot!)['image/svg+xml']).toMatch(/<circle/);
    if (browser) await withPage((page) => inBrowser(page, url));
  });
});

/** Logs in, and runs the notebook that the server has, by the menu. */
async function inBrowser(page: import('playwright-core').Page, url: string): Promise<void> {
  await page.goto(`${url}/lab/tree/ran.ipynb`);
  const login = async (password: string): Promise<void> => {
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
  };
  await login('dask');
  await page.waitForSelector('text=Invalid credentials');
  await login(PASSWORD);
  const cells = page.locator('.jp-CodeCell');
  await cells.first().waitFor({ timeout: 60_000 });
  // Before the kernel has answered, JupyterLab takes the command and runs nothing.
  await page.getByText('TypeScript (tilework) | Idle').waitFor({ timeout: 60_000 });
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click();
  const shown = (n: number, what: string) => cells.nth(n).locator(`.jp-OutputArea-output ${what}`).first();
  await shown(0, 'svg').waitFor({ timeout: 60_000 });
  await shown(1, 'progress').waitFor({ timeout: 60_000 });
  await cells.nth(1).locator('text=/^0\\.49|^0\\.50/').waitFor({ timeout: 60_000 });
  await shown(3, 'img').waitFor({ timeout: 60_000 });
  if (process.env.SCREENSHOT)
    await page.screenshot({
      path: process.env.SCREENSHOT,
      clip: { x: 0, y: 0, width: 1_180, height: 1_560 },
    });
}
