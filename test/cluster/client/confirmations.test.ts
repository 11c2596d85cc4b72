import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Confirmations } from '../../../src/cluster/client/confirmations.js';

describe('confirmations of graphs', () => {
  test('are waited for by what comes after the graphs, in whatever order they come', () => {
    const step = fc.oneof(
      fc.constant('send' as const),
      fc.constant('wait' as const),
      fc.record({ confirm: fc.nat(10) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const confirmations = new Confirmations();
        const open: { readonly id: number; readonly confirm: () => void }[] = [];
        const waiting: { readonly id: number; readonly after: ReadonlySet<number> }[] = [];
        const done: number[] = [];
        for (const [id, one] of steps.entries()) {
          if (one === 'send') open.push({ id, confirm: confirmations.sent() });
          else if (one === 'wait') {
            waiting.push({ id, after: new Set(open.map((graph) => graph.id)) });
            confirmations.whenAll(() => done.push(id));
          } else {
            const [graph] = open.splice(one.confirm, 1);
            graph?.confirm();
            graph?.confirm();
          }
          const stillOpen = open.map((graph) => graph.id);
          const ready = waiting.filter(({ after }) => !stillOpen.some((graph) => after.has(graph)));
          expect(done).toEqual(ready.map((wait) => wait.id));
        }
      }),
    );
  });

  test('take room for each graph and each that waits, not for each pair', () => {
    const confirmations = new Confirmations();
    const confirm: (() => void)[] = [];
    let done = 0;
    for (let i = 0; i < 50_000; i++) {
      confirm.push(confirmations.sent());
      confirmations.whenAll(() => done++);
    }
    for (const one of confirm) one();
    expect(done).toBe(50_000);
  });
});
