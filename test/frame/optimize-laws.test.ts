/** Whatever the plan: optimised, it gives the rows that it gave as it was written. DuckDB computes both. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import { callNode, columnNode, type ExprNode, literalNode } from '../../src/frame/expr/node.js';
import { type AnySchema, type DataFrame, fromRows } from '../../src/frame/index.js';
import { optimize } from '../../src/frame/optimize/index.js';
import { share } from '../../src/frame/optimize/shared.js';
import * as make from '../../src/frame/plan/make.js';
import type { JoinHow, PlanNode } from '../../src/frame/plan/node.js';
import { printPlan } from '../../src/frame/plan/print.js';
import { inputsOf } from '../../src/frame/plan/walk.js';
import { statementOf } from '../../src/frame/statement/index.js';
import { joinPlan } from '../../src/frame/verbs/joins.js';

const database = Database.of();

async function rowsOf(plan: PlanNode): Promise<string[]> {
  const { sql, values } = await statementOf(plan, database);
  const rows: string[] = [];
  for await (const batch of database.batches({ sql, values }))
    for (let row = 0; row < batch.rows; row++)
      rows.push(
        batch.columns
          .map(
            ({ name, type, values: of, valid }) =>
              `${name}:${JSON.stringify(type)}=${valid?.[row] === 0 ? null : text(of[row])}`,
          )
          .join(' '),
      );
  return rows;
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint'
      ? `${inner}n`
      : typeof inner === 'number' && !Number.isInteger(inner)
        ? inner.toPrecision(9)
        : inner,
  ) ?? 'null';

const NUMBERS = { type: 'int64' as const, values: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }) };
const TEXTS = { type: 'string' as const, values: fc.constantFrom('a', 'b', "c'", null) };
const FLAGS = { type: 'bool' as const, values: fc.constantFrom(true, false, null) };
const LISTS = { type: { list: 'int64' as const }, values: fc.constantFrom(null, [], [1], [2, null]) };

/** Columns n, m of numbers, s of text, f of flags, l of lists. */
const tables = fc
  .array(
    fc.record({ n: NUMBERS.values, m: NUMBERS.values, s: TEXTS.values, f: FLAGS.values, l: LISTS.values }),
    { maxLength: 8 },
  )
  .map((rows) =>
    fromRows(rows, {
      schema: { n: NUMBERS.type, m: NUMBERS.type, s: TEXTS.type, f: FLAGS.type, l: LISTS.type },
    }).withTypes<AnySchema>(),
  );

/** A frame under construction: which columns are of which kind, and whether its rows have an order. */
interface Made {
  readonly plan: PlanNode;
  readonly kinds: Readonly<Record<string, 'n' | 's' | 'f' | 'l'>>;
  readonly ordered: boolean;
}

const start = ({ plan }: DataFrame<AnySchema>): Made => ({
  plan,
  kinds: { n: 'n', m: 'n', s: 's', f: 'f', l: 'l' },
  ordered: true,
});

/** Choices are drawn as numbers: what they choose from depends on the plan so far. */
type Draw = (below: number) => number;

const pickOf = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!;
const ofKind = ({ kinds }: Made, kind: string): string[] =>
  Object.keys(kinds).filter((name) => kinds[name] === kind);

function number(draw: Draw, made: Made, depth = 0): ExprNode {
  const names = ofKind(made, 'n');
  const which = draw(depth > 2 ? 2 : 6);
  if (which === 0 || names.length === 0) return literalNode(draw(5) - 2);
  if (which <= 2) return columnNode(pickOf(draw, names));
  const other = (): ExprNode => number(draw, made, depth + 1);
  if (which === 3) return callNode('add', other(), other());
  if (which === 4) return callNode('coalesce', other(), other());
  return {
    kind: 'case',
    branches: [{ when: flag(draw, made, depth + 1), value: other() }],
    otherwise: other(),
  };
}

function flag(draw: Draw, made: Made, depth = 0): ExprNode {
  const which = draw(depth > 2 ? 4 : 9);
  const names = Object.keys(made.kinds);
  if (which === 0) return literalNode(pickOf(draw, [true, false, null]));
  if (which === 1) return callNode(pickOf(draw, ['isNull', 'isNotNull']), columnNode(pickOf(draw, names)));
  if (which === 2) {
    const [f] = ofKind(made, 'f');
    if (f !== undefined) return columnNode(f);
  }
  if (which === 3) {
    const s = ofKind(made, 's');
    if (s.length > 0)
      return callNode('eq', columnNode(pickOf(draw, s)), literalNode(pickOf(draw, ['a', 'b', "c'", null])));
  }
  if (which <= 5)
    return callNode(
      pickOf(draw, ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'eqMissing']),
      number(draw, made, depth + 1),
      number(draw, made, depth + 1),
    );
  const other = (): ExprNode => flag(draw, made, depth + 1);
  if (which === 6) return callNode('not', other());
  return callNode(which === 7 ? 'and' : 'or', other(), other());
}

const key = (name: string, descending = false) => ({
  expr: columnNode(name),
  descending,
  nulls: 'last' as const,
});
const everyKey = ({ kinds }: Made) => Object.keys(kinds).map((name) => key(name));
const keep = (made: Made, kinds: Made['kinds']): Made => ({ ...made, kinds });

function window(draw: Draw, made: Made, fn: string): ExprNode {
  const names = Object.keys(made.kinds);
  return {
    kind: 'window',
    fn,
    args: fn === 'rowNumber' ? [] : [number(draw, made, 2)],
    partitionBy: draw(2) === 0 ? [] : [columnNode(pickOf(draw, names))],
    orderBy: fn === 'rowNumber' ? everyKey(made) : [],
    ordered: false,
  };
}

let fresh = 0;
function step(draw: Draw, made: Made, others: readonly Made[]): Made {
  const { plan, kinds, ordered } = made;
  const names = Object.keys(kinds);
  switch (draw(15)) {
    case 0:
    case 1:
    case 2:
      return { ...made, plan: make.filter(plan, flag(draw, made)) };
    case 3:
    case 4: {
      const name = draw(2) === 0 ? pickOf(draw, names) : `c${fresh++}`;
      const made_ = draw(3) === 0 ? (['f', flag(draw, made)] as const) : (['n', number(draw, made)] as const);
      const items = [
        ...names.filter((other) => other !== name).map((other) => ({ name: other, expr: columnNode(other) })),
        { name, expr: made_[1] },
      ];
      return keep(
        { ...made, plan: make.project(plan, items) },
        {
          ...Object.fromEntries(
            names.filter((other) => other !== name).map((other) => [other, kinds[other]!]),
          ),
          [name]: made_[0],
        },
      );
    }
    case 5: {
      const kept = names.filter(() => draw(3) > 0);
      if (kept.length === 0) return made;
      return keep(
        { ...made, plan: make.pick(plan, kept) },
        Object.fromEntries(kept.map((name) => [name, kinds[name]!])),
      );
    }
    case 6:
      return {
        plan: make.sort(plan, [key(pickOf(draw, names), draw(2) === 0), ...everyKey(made)]),
        kinds,
        ordered: true,
      };
    case 7: {
      // Which rows are the first is certain only where all that are equal are the same.
      const sorted = ordered ? plan : make.sort(plan, everyKey(made));
      return { plan: make.limit(sorted, draw(4) === 0 ? undefined : draw(6), draw(3)), kinds, ordered: true };
    }
    case 8:
      return { plan: make.distinct(plan), kinds, ordered: false };
    case 9: {
      const sorted = ordered ? plan : make.sort(plan, everyKey(made));
      return { plan: make.distinct(sorted, [pickOf(draw, names)]), kinds, ordered: true };
    }
    case 10: {
      const by = names.filter((name) => kinds[name] !== 'l' && draw(3) === 0);
      const sorted = ordered ? plan : make.sort(plan, everyKey(made));
      const fn = pickOf(draw, ['sum', 'min', 'count', 'list', 'nunique']);
      const items = [
        { name: 'a', expr: { kind: 'aggregate' as const, fn, args: [number(draw, made)] } },
        { name: 'b', expr: { kind: 'aggregate' as const, fn: 'size', args: [], filter: flag(draw, made) } },
      ];
      const kept = by
        .filter((name) => name !== 'a' && name !== 'b')
        .map((name) => [name, kinds[name]!] as const);
      return {
        plan: make.aggregate(
          sorted,
          kept.map(([name]) => ({ name, expr: columnNode(name) })),
          items,
        ),
        kinds: { ...Object.fromEntries(kept), a: fn === 'list' ? 'l' : 'n', b: 'n' },
        ordered: false,
      };
    }
    case 11:
    case 12: {
      const other = pickOf(draw, others);
      const how = pickOf<JoinHow>(draw, ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross']);
      const on = names
        .filter((name) => other.kinds[name] === kinds[name] && kinds[name] !== 'l')
        .slice(0, 1 + draw(2));
      if (how !== 'cross' && on.length === 0) return made;
      const suffix = `_${fresh++}`;
      const joined = joinPlan(plan, other.plan, { how, ...(how === 'cross' ? {} : { on }), suffix });
      const kindOf = Object.fromEntries(
        joined.output.map(({ name, side, column }) => [
          name,
          (side === 'right' ? other : made).kinds[column]!,
        ]),
      );
      return { plan: joined, kinds: kindOf, ordered: false };
    }
    case 13: {
      const other = pickOf(draw, others);
      const both = names.filter((name) => other.kinds[name] === kinds[name]);
      if (both.length === 0) return made;
      return {
        plan: make.union([make.pick(plan, both), make.pick(other.plan, both)], both),
        kinds: Object.fromEntries(both.map((name) => [name, kinds[name]!])),
        ordered: ordered && other.ordered,
      };
    }
    default: {
      const lists = ofKind(made, 'l');
      const which = draw(3);
      if (which === 0 && lists.length > 0)
        return { plan: make.explode(plan, [lists[0]!]), kinds: { ...kinds, [lists[0]!]: 'n' }, ordered };
      const numbers = ofKind(made, 'n');
      if (which === 1 && numbers.length > 1) {
        const ids = names.filter((name) => kinds[name] === 's');
        const [variable, value] = [`v${fresh++}`, `v${fresh++}`];
        return {
          plan: make.unpivot(make.pick(plan, [...ids, ...numbers]), ids, numbers, variable, value),
          kinds: {
            ...Object.fromEntries(ids.map((name) => [name, 's' as const])),
            [variable]: 's',
            [value]: 'n',
          },
          ordered: false,
        };
      }
      const name = `w${fresh++}`;
      const fn = pickOf(draw, ['sum', 'rowNumber', 'max']);
      // Rows that are equal in all columns may be numbered in any order among them: they are the same.
      return {
        plan: make.project(ordered ? plan : make.sort(plan, everyKey(made)), [
          ...names.map((other) => ({ name: other, expr: columnNode(other) })),
          { name, expr: window(draw, made, fn) },
        ]),
        kinds: { ...kinds, [name]: 'n' },
        ordered: true,
      };
    }
  }
}

const plans = fc
  .tuple(
    fc.array(tables, { minLength: 2, maxLength: 3 }),
    fc.array(fc.nat({ max: 5039 }), { minLength: 30, maxLength: 120 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([frames, numbers, steps]) => {
    let at = 0;
    const draw: Draw = (below) => numbers[at++ % numbers.length]! % below;
    fresh = 0;
    const bases = frames.map(start);
    const other = step(draw, bases[1]!, [bases[0]!]);
    let made = bases[0]!;
    for (let i = 0; i < steps; i++) made = step(draw, made, [...bases, other]);
    return made;
  });

const sameRows = fc.asyncProperty(plans, async ({ plan, ordered }) => {
  const best = optimize(plan);
  expect(best.columns).toEqual(plan.columns);
  const [before, after] = [await rowsOf(plan), await rowsOf(best)];
  const shown = `${printPlan(plan)}\n\n${printPlan(best)}`;
  if (ordered) expect(after, shown).toEqual(before);
  else expect(after.toSorted(), shown).toEqual(before.toSorted());
});

it('gives the same rows, optimised or not', async () => {
  await fc.assert(sameRows, { numRuns: Number(process.env.FRAME_RUNS ?? 150), endOnFailure: true });
}, 120_000);

it('gives them where DuckDB fails that shares parts of a plan by itself', async () => {
  await fc.assert(sameRows, { seed: 201711841, path: '137', numRuns: 1 });
});

it('what is read twice gives each reader what it gave alone', async () => {
  let parts = 0;
  await fc.assert(
    fc.asyncProperty(plans, fc.nat(), async ({ plan }, number) => {
      const best = optimize(plan);
      const some = best.columns.filter((_, i) => (number >> i) & 1 || i === number % best.columns.length);
      const few = optimize(make.pick(plan, some));
      const both = make.union([best, few], best.columns);
      parts += share(both).parts.length;
      const rows = [
        ...(await rowsOf(best)),
        ...(await rowsOf(make.union([make.limit(best, 0), few], best.columns))),
      ];
      expect((await rowsOf(both)).toSorted(), printPlan(both)).toEqual(rows.toSorted());
    }),
    { numRuns: Number(process.env.FRAME_RUNS ?? 100), endOnFailure: true },
  );
  expect(parts).toBeGreaterThan(20);
}, 120_000);

it('leaves no node that is not frozen', () => {
  const check = (node: PlanNode): void => {
    expect(Object.isFrozen(node), node.kind).toBe(true);
    inputsOf(node).forEach(check);
  };
  fc.assert(
    fc.property(plans, ({ plan }) => check(optimize(plan))),
    { numRuns: 50 },
  );
});
