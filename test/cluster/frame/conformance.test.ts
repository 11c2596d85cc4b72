/** Every recorded case of frames on a cluster, many at once: the answers of pandas, Polars and DuckDB, from two workers. */
import { expect, test } from 'vitest';
import type { FrameOptions } from '../../../src/index.js';
import { groups, nameOf, run, runTogether } from '../../frame/cases.js';
import { type Case, difference } from '../../frame/recorded.js';
import { describeWithDask } from '../support/scheduler.js';
import { clusterOf } from './cluster.js';

const AT_ONCE = 12;
const TOGETHER = 30;

await describeWithDask('recorded cases of frames', (dask) => {
  const world = clusterOf(dask, 2);
  const options = (): FrameOptions => ({ engine: world.engine, partitions: 2 });

  /** What is wrong with a case; '' where nothing is. */
  async function wrong(one: Case): Promise<string> {
    const answer = await run(one, options()).catch((error: Error) => error);
    if (answer instanceof Error) {
      const expected = one.e !== undefined && answer.message.includes(one.e);
      return expected ? '' : `${nameOf(one)}: ${answer.stack}`;
    }
    const found = one.e === undefined ? difference(answer, one) : `no error that says ${one.e}`;
    return found && `${nameOf(one)}: ${found}`;
  }

  /** Computes cases as one frame, or, where that is not right, one by one. */
  async function failuresOf(cases: readonly Case[]): Promise<string[]> {
    const { f } = cases[0]!;
    if (f !== undefined && cases.length > 1) {
      const answers = await runTogether(f, cases, options()).catch(() => []);
      if (answers.length > 0 && answers.every((answer, i) => difference(answer, cases[i]!) === '')) return [];
    }
    const each = await Promise.all(cases.map(wrong));
    return each.filter((failure) => failure !== '');
  }

  test.each(Object.entries(groups))(
    '%s',
    async (_group, cases) => {
      const left = batchesOf(cases).values();
      const failures: string[] = [];
      const work = async (): Promise<void> => {
        for (const batch of left) failures.push(...(await failuresOf(batch)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(failures).toEqual([]);
    },
    300_000,
  );
});

/** Expressions over the same frame that give as many rows go together. */
function batchesOf(cases: readonly Case[]): readonly (readonly Case[])[] {
  const batches = new Map<string, Case[]>();
  for (const [i, one] of cases.entries()) {
    const alone = one.f === undefined || one.e !== undefined;
    const name = alone ? String(i) : `${one.f} ${one.r![0]![2].length} ${one.o ?? ''}`;
    batches.set(name, [...(batches.get(name) ?? []), one]);
  }
  return [...batches.values()].flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / TOGETHER) }, (_, i) =>
      batch.slice(i * TOGETHER, (i + 1) * TOGETHER),
    ),
  );
}
