/** What is made of what: as a graph in which nothing is ever forgotten has it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaves, madeFrom, madeOf } from '../../src/futures/lineage.js';

it.each([0, 2, 256])(
  'knows what follows from what is wanted, whatever has left in between (%i links for one)',
  (most) => {
    const program = fc.array(
      fc.oneof(fc.record({ make: fc.array(fc.nat(20), { maxLength: 3 }) }), fc.record({ leave: fc.nat(20) })),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(program, (steps) => {
        interface Work {
          readonly from: readonly Work[];
          gone: boolean;
        }
        const all: Work[] = [];
        for (const step of steps) {
          const wanted = all.filter(({ gone }) => !gone);
          if ('make' in step) {
            const from = step.make.flatMap((i) => wanted[i] ?? []);
            const work = { from, gone: false };
            all.push(work);
            madeFrom(work, from);
          } else if (wanted[step.leave] !== undefined) {
            wanted[step.leave]!.gone = true;
            leaves(wanted[step.leave]!, most);
          }
        }
        const follows = (work: Work, from: Work): boolean =>
          work.from.some((input) => input === from || follows(input, from));
        const wanted = all.filter(({ gone }) => !gone);
        for (const from of wanted)
          expect(new Set(madeOf(from, () => false))).toEqual(
            new Set(wanted.filter((work) => follows(work, from))),
          );
      }),
    );
  },
);

it('leaves out what is spared, and what is made of that only', () => {
  const [a, b, c, d] = [{}, {}, {}, {}];
  madeFrom(b, [a]);
  madeFrom(c, [b]);
  madeFrom(d, [a]);
  expect(madeOf(a, (work) => work === b)).toEqual([d]);
  expect(madeOf(a, () => false)).toEqual([b, d, c]);
});

it('takes no time for each pair of what was between many inputs and many readers', () => {
  const inputs = Array.from({ length: 3_000 }, () => ({}));
  const model = {};
  madeFrom(model, inputs);
  const readers = Array.from({ length: 3_000 }, () => ({}));
  for (const reader of readers) madeFrom(reader, [model]);
  const before = process.memoryUsage().heapUsed;
  leaves(model);
  expect(madeOf(inputs[7]!, () => false)).toHaveLength(3_000);
  // Nine million links would take some hundreds.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 2 ** 20);
});
