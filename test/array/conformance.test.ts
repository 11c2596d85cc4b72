import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.js';
import { type Book, type Case, readBook } from './conformance/book.js';
import { CHUNKINGS } from './conformance/chunkings.js';
import { mismatch } from './conformance/compare.js';
import { computeAll, type Outcome } from './conformance/compute.js';
import { Evaluator, type Tile } from './conformance/evaluate.js';
import { startEngine } from './engine.js';

/** How many results are computed at once. */
const BATCH = 256;
/** How many complaints a failing test lists. */
const MOST_SHOWN = 12;
/** Groups compile hundreds of loops; a busy machine takes its time. */
const TIMEOUT_MS = 180_000;

const book: Book = readBook(new URL('../truth/conformance/array.gz', import.meta.url));
let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await engine.dispose();
});

/** A case in one way to cut its operands: an array to compute, or the error that building it threw. */
interface Attempt {
  readonly entry: Case;
  readonly chunking: string;
  readonly tile?: Tile;
  readonly refusal?: unknown;
}

function attempt(entry: Case, chunking: string): Attempt {
  try {
    return { entry, chunking, tile: new Evaluator(book, CHUNKINGS[chunking]).call(entry) };
  } catch (refusal) {
    return { entry, chunking, refusal };
  }
}

const describeCase = ({ f, a, o }: Case): string =>
  `${f}(${a.map((term) => JSON.stringify(term)).join(', ')}${o ? `, ${JSON.stringify(o)}` : ''})`;

/** What is wrong with the outcome of an attempt; undefined where it is as NumPy has it. */
function verdict({ entry, refusal }: Attempt, outcome: Outcome | undefined): string | undefined {
  const error = refusal ?? outcome?.error;
  if (entry.e) return error ? undefined : `answers, where NumPy raises ${entry.e}`;
  if (error) return `fails: ${error instanceof Error ? error.message : String(error)}`;
  return mismatch(outcome!.elements!, book.result(entry.r!), entry);
}

/** Computes arrays, many in one run; those that are meant to fail have runs of their own. */
async function outcomesOf(attempts: readonly Attempt[]): Promise<Map<Attempt, Outcome>> {
  const outcomes = new Map<Attempt, Outcome>();
  const there = attempts.filter(({ tile }) => tile);
  const alone = there.filter(({ entry }) => entry.e).map((one) => [one]);
  const together = there.filter(({ entry }) => !entry.e);
  const batches = Array.from({ length: Math.ceil(together.length / BATCH) }, (_, i) =>
    together.slice(i * BATCH, (i + 1) * BATCH),
  );
  for (const batch of [...batches, ...alone]) {
    const computed = await computeAll(
      batch.map(({ tile }) => tile!),
      engine,
    );
    batch.forEach((one, i) => {
      outcomes.set(one, computed[i]);
    });
  }
  return outcomes;
}

describe(`what NumPy ${book.numpy} answers`, () => {
  for (const [group, cases] of Object.entries(book.groups))
    test(
      `${group} (${cases.length} cases)`,
      async () => {
        const attempts = cases.flatMap((entry) =>
          Object.keys(CHUNKINGS).map((chunking) => attempt(entry, chunking)),
        );
        const outcomes = await outcomesOf(attempts);
        // what is wrong with a case, once, with the ways to cut it that show it
        const found = new Map<string, string[]>();
        for (const one of attempts) {
          const wrong = verdict(one, outcomes.get(one));
          if (!wrong) continue;
          const complaint = `${describeCase(one.entry)} ${wrong}`;
          found.set(complaint, [...(found.get(complaint) ?? []), one.chunking]);
        }
        const shown = [...found]
          .slice(0, MOST_SHOWN)
          .map(([what, ways]) => `${what} (blocks: ${ways.join(', ')})`);
        expect(found.size, `${found.size} complaints:\n${shown.join('\n')}\n`).toBe(0);
      },
      TIMEOUT_MS,
    );
});
