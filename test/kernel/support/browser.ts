import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];
const MORE = ['--disable-component-update', '--disable-sync'];

/** Whether Debian's Chromium is here. In CI it must be. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM)) return true;
  if (process.env.CI) throw new Error(`no ${CHROMIUM}`);
  console.warn(`notebooks in a browser not tested: no ${CHROMIUM} (apt-get install chromium)`);
  return false;
}

/** A page of a browser that knows nothing, for as long as `work` takes. */
export async function withPage(work: (page: Page) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'tilework-browser-'));
  let context: BrowserContext | undefined;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: [...FLAGS, ...MORE],
      // All of a notebook: Jupyter keeps no cells that are out of sight.
      viewport: { width: 1_180, height: 2_400 },
    });
    context.setDefaultTimeout(120_000);
    await work(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
