/** TPC-H's data, and the answers of DuckDB (Python's, of another version than ours) to the standard's SQL. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import type { DataFrame, FrameOptions } from '../../../src/frame/index.js';
import { pythonOf } from '../../support/scripts.js';

export const SCALE = 0.1;
const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');

type Value = number | string | null | { readonly decimal: string } | { readonly date: number };

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly Value[][];
}

/** By the numbers of the queries. */
export function answersOf(directory: string): Readonly<Record<string, Answer>> {
  const python = pythonOf('TPC-H', 'tpch', 'test/truth/tpch/requirements.txt')!;
  const script = path.join(ROOT, 'test', 'truth', 'tpch', 'answers.py');
  const args = ['-B', script, directory, String(SCALE)];
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 26 }));
}

/** Whether a query's frame gives an answer. */
export async function expectAnswer(
  id: string,
  frame: DataFrame,
  { columns, rows }: Answer,
  options: FrameOptions,
): Promise<void> {
  expect(frame.columns).toEqual(columns);
  const ours: readonly Readonly<Record<string, unknown>>[] = await frame.rows({
    ...options,
    decimal: 'string',
  });
  expect(ours).toHaveLength(rows.length);
  for (const [i, row] of ours.entries())
    for (const [j, name] of columns.entries())
      expectSame(`${id}, row ${i}, ${name}`, row[name], rows[i]![j]!);
}

/** Decimals, dates and all that is exact are equal; means and shares are, to nine digits. */
function expectSame(where: string, ours: unknown, truth: Value): void {
  if (typeof truth === 'number' && !Number.isInteger(truth)) {
    expect(Math.abs((ours as number) - truth), `${where}: ${ours}, not ${truth}`).toBeLessThanOrEqual(
      1e-9 * Math.abs(truth),
    );
    return;
  }
  const value = ours instanceof Date ? ours.getTime() : ours;
  const exact =
    truth === null || typeof truth !== 'object' ? truth : 'decimal' in truth ? truth.decimal : truth.date;
  expect(value, where).toBe(exact);
}
