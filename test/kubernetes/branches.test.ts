import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHART, find, HELMS, template } from './support/chart.js';
import { MATRIX } from './support/matrix.js';

const BRANCH = /^\s*\{\{-? (if|else|with|range) ?.*\}\}$/;

describe.skipIf(HELMS.length === 0)('the matrix of values', () => {
  const copy = mkdtempSync(join(tmpdir(), 'tilework-chart-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  const branches: string[] = [];

  beforeAll(() => {
    cpSync(CHART, copy, { recursive: true, filter: (path) => path !== join(CHART, 'templates') });
    // Helm renders what is deeper in folders first.
    const templates = join(copy, 'templates/deep');
    cpSync(join(CHART, 'templates'), templates, { recursive: true });
    for (const file of readdirSync(templates, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.yaml')) continue;
      // The position is that of the branch in the file as it was.
      const lines = readFileSync(join(templates, file), 'utf8').split('\n');
      const marked = lines.map((line, at) => {
        if (!BRANCH.test(line)) return line;
        const branch = `${file}:${at + 1} ${line.trim()}`;
        branches.push(branch);
        return `${line}\n{{- $_ := set $.Values.global ${JSON.stringify(branch)} true }}`;
      });
      writeFileSync(join(templates, file), marked.join('\n'));
    }
    const collected =
      '\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: taken}\ndata: {branches: {{ keys .Values.global | toJson | quote }}}\n';
    writeFileSync(join(copy, 'templates/taken.yaml'), collected);
  });

  it('takes every branch of every template', async () => {
    const taken = new Set<string>();
    const rendered = Object.values(MATRIX).map((values) =>
      template(HELMS[0]![1], { ...values, global: {} }, { chart: copy }),
    );
    for (const objects of await Promise.all(rendered))
      for (const branch of JSON.parse(find(objects, 'ConfigMap', 'taken').data.branches)) taken.add(branch);
    expect(branches.length).toBeGreaterThan(50);
    expect(branches.filter((branch) => !taken.has(branch))).toEqual([]);
  });
});
