import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

it('what `npm run chart` makes is as it would be made now', async () => {
  const script = path.join(ROOT, 'scripts/chart.mjs');
  const { generated } = (await import(/* @vite-ignore */ script)) as {
    generated(): Record<string, string>;
  };
  const files = generated();
  expect(Object.keys(files).length).toBe(5);
  for (const [file, text] of Object.entries(files))
    expect(readFileSync(path.join(ROOT, file), 'utf8') === text, `${file}: npm run chart`).toBe(true);
});
