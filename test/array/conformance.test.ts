import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.js';
import { CHUNKINGS } from './conformance/chunkings.js';
import { attempt, book, expectNumPys } from './conformance/suite.js';
import { startEngine } from './engine.js';

/** How many results are computed at once. */
const BATCH = 256;
/** Groups compile hundreds of loops; a busy machine takes its time. */
const TIMEOUT_MS = 180_000;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await engine.dispose();
});

describe(`what NumPy ${book.numpy} answers`, () => {
  for (const [group, cases] of Object.entries(book.groups))
    test(
      `${group} (${cases.length} cases)`,
      async () => {
        const attempts = cases.flatMap((entry) =>
          Object.entries(CHUNKINGS).map((chunking) => attempt(entry, chunking)),
        );
        await expectNumPys(attempts, engine, BATCH);
      },
      TIMEOUT_MS,
    );
});
