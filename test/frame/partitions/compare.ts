import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { DataFrame, type FrameOptions } from '../../../src/frame/index.js';

/** A frame of whatever columns. */
export type Frame = Pick<DataFrame, 'plan'>;
export const untyped = ({ plan }: Frame): DataFrame => new DataFrame(plan);

export type Rows = readonly Readonly<Record<string, unknown>>[];

/** How the order of rows of an answer is compared: it counts, it does not, or only that of some columns does. */
export type Ordering = 'rows' | 'any' | readonly string[];

/** A value as text that sorts: of floats the first digits, since sums of parts round differently. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : value.toPrecision(6);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, inner]) => `${name}: ${textOf(inner)}`)
      .join(', ')}}`;
  return String(value);
}

export const linesOf = (rows: Rows): string[] => rows.map(textOf);

const sorted = (rows: Rows): Rows =>
  rows
    .map((row) => ({ row, text: textOf(row) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ row }) => row);

/** Numbers that are the same but for rounding become the same. */
function rounded(got: unknown, expected: unknown): unknown {
  if (typeof got === 'number' && typeof expected === 'number')
    return Math.abs(got - expected) <= 1e-10 * Math.abs(expected) ? expected : got;
  if (Array.isArray(got) && Array.isArray(expected)) return got.map((item, i) => rounded(item, expected[i]));
  return got;
}

function expectRows(got: Rows, expected: Rows): void {
  const close = got.map((row, i) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, rounded(value, expected[i]?.[name])]),
    ),
  );
  expect(close).toEqual(expected);
}

let elsewhere: (() => Engine) | undefined;

/** From now on partitions are computed by another engine than one fragment is, and there are three. */
export function computePartitionsBy(engine: () => Engine): void {
  elsewhere = engine;
}

/** In how many partitions something is tested. */
export const partitionsOf = (...counts: readonly number[]): readonly number[] => (elsewhere ? [3] : counts);

/** Options that have partitions computed where they are tested. */
export const elsewhereOf = (): FrameOptions => (elsewhere ? { engine: elsewhere() } : {});

/** Whether partitions give the answer of one fragment. */
export async function expectSame(
  { plan }: Frame,
  partitions: number,
  order: Ordering = 'rows',
  options: FrameOptions = {},
): Promise<void> {
  const frame = new DataFrame(plan);
  const one = await frame.rows(options);
  const many = await frame.rows({ ...options, partitions, ...elsewhereOf() });
  if (order === 'rows') {
    expectRows(many, one);
    return;
  }
  expectRows(sorted(many), sorted(one));
  if (order === 'any') return;
  const keys = (rows: Rows): string[] => rows.map((row) => order.map((name) => textOf(row[name])).join('|'));
  expect(keys(many)).toEqual(keys(one));
}

/** A new directory, removed when the process ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tilework-frame-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Numbers that look random and are the same each time. */
export function* numbers(seed: number): Generator<number, never, void> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}
