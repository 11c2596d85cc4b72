import { expect } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { type Book, type Case, readBook } from './book.js';
import type { Chunking } from './chunkings.js';
import { mismatch } from './compare.js';
import { computeAll, type Outcome } from './compute.js';
import { Evaluator, type Tile } from './evaluate.js';

/** How many complaints a failing test lists. */
const MOST_SHOWN = 12;

/** What NumPy answers, to calls in groups. */
export const book: Book = readBook(new URL('../../truth/conformance/array.gz', import.meta.url));

/** A case in one way to cut its operands: an array to compute, or the error that building it threw. */
export interface Attempt {
  readonly entry: Case;
  /** The name of the way. */
  readonly cut: string;
  readonly tile?: Tile;
  readonly refusal?: unknown;
}

export function attempt(entry: Case, [cut, chunking]: readonly [string, Chunking]): Attempt {
  try {
    return { entry, cut, tile: new Evaluator(book, chunking).call(entry) };
  } catch (refusal) {
    return { entry, cut, refusal };
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

/** Computes arrays, so many in one run; those that are meant to fail have runs of their own. */
async function outcomesOf(
  attempts: readonly Attempt[],
  engine: Engine,
  atOnce: number,
): Promise<Map<Attempt, Outcome>> {
  const outcomes = new Map<Attempt, Outcome>();
  const there = attempts.filter(({ tile }) => tile);
  const alone = there.filter(({ entry }) => entry.e).map((one) => [one]);
  const together = there.filter(({ entry }) => !entry.e);
  const batches = Array.from({ length: Math.ceil(together.length / atOnce) }, (_, i) =>
    together.slice(i * atOnce, (i + 1) * atOnce),
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

/** Fails, with a list of what is wrong, where an engine's answers are not NumPy's; computes so many arrays in one run. */
export async function expectNumPys(
  attempts: readonly Attempt[],
  engine: Engine,
  atOnce: number,
): Promise<void> {
  const outcomes = await outcomesOf(attempts, engine, atOnce);
  // what is wrong with a case, once, with the ways to cut it that show it
  const found = new Map<string, string[]>();
  for (const one of attempts) {
    const wrong = verdict(one, outcomes.get(one));
    if (!wrong) continue;
    const complaint = `${describeCase(one.entry)} ${wrong}`;
    found.set(complaint, [...(found.get(complaint) ?? []), one.cut]);
  }
  const shown = [...found].slice(0, MOST_SHOWN).map(([what, ways]) => `${what} (blocks: ${ways.join(', ')})`);
  expect(found.size, `${found.size} complaints:\n${shown.join('\n')}\n`).toBe(0);
}
