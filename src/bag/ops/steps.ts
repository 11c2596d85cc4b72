import { SeedSequence, uniform } from '../../kernels/random/index.js';
import type { Place, Step } from '../plan.js';
import { type Callable, type Functions, iterable, keyOf, plucked } from './functions.js';
import { identityOf } from './keys.js';
import { after, each, type Flow, type Maybe } from './maybe.js';
import { unpack } from './pack.js';

/** Takes elements one after another, and hands on what becomes of them. */
export interface Sink {
  push(value: unknown): Maybe;
  end(): Maybe;
}

/** What steps find beside the elements. */
export interface Around {
  readonly functions: Functions;
  readonly args: readonly unknown[];
  readonly flow: Flow;
}

/** A chain of steps before a sink. */
export const chained = (steps: readonly Step[], last: Sink, around: Around): Sink =>
  steps.reduceRight((next, step) => sinkOf(step, next, around), last);

/** What a step reads beside the elements; a partition of another bag as its list. */
export const given = ({ at, packed }: Place, { args }: Around): unknown =>
  packed ? unpack(args[at]) : args[at];

function sinkOf(step: Step, next: Sink, around: Around): Sink {
  const fn = (name: string): Callable => around.functions.get(name)!;
  const end = (): Maybe => next.end();
  switch (step.do) {
    case 'map':
      return mapped(fn(step.fn), step.args, next, around);
    case 'starmap': {
      const spread = fn(step.fn);
      return {
        push: (value) => {
          const made = spread(...iterable(value, 'starmap: an element'));
          return made instanceof Promise ? made.then(next.push) : next.push(made);
        },
        end,
      };
    }
    case 'filter':
    case 'remove':
      return filtered(fn(step.fn), step.do === 'filter', next);
    case 'flatten':
      return { push: (value) => each(iterable(value, 'flatten: an element'), next.push, around.flow), end };
    case 'pluck': {
      const pluck = plucked(step.names, step.missing, 'pluck');
      return { push: (value) => next.push(pluck(value)), end };
    }
    case 'mapPartitions':
      return whole(fn(step.fn), step.args, next, around);
    case 'zip':
      return mapped((...values) => values, step.args, next, around, 'zip');
    case 'product': {
      const others = given(step.other, around) as unknown[];
      const pairs = (value: unknown) => others.map((other) => [value, other]);
      return { push: (value) => each(pairs(value), next.push, around.flow), end };
    }
    case 'join':
      return joined(step, next, around);
    case 'accumulate':
      return accumulated(fn(step.fn), step, next, around);
    case 'sample': {
      const draw = uniform(new SeedSequence(...(given(step.seed, around) as [bigint, number[]])));
      return {
        push: (value) => (draw() < step.probability ? next.push(value) : undefined),
        end,
      };
    }
    case 'limit': {
      let left = step.count;
      return {
        push: (value) => {
          left -= 1;
          if (left <= 0) around.flow.stopped = true;
          return left >= 0 ? next.push(value) : undefined;
        },
        end,
      };
    }
  }
}

function mapped(fn: Callable, places: readonly Place[], next: Sink, around: Around, where = 'map'): Sink {
  const { push } = next;
  if (places.length === 0)
    return {
      push: (value) => {
        const made = fn(value);
        return made instanceof Promise ? made.then(push) : push(made);
      },
      end: () => next.end(),
    };
  const others = places.map((place) => ({ packed: place.packed, value: given(place, around) }));
  const lists = others.flatMap(({ packed, value }) => (packed ? [value as readonly unknown[]] : []));
  let i = 0;
  const uneven = (): Error =>
    new RangeError(
      `${where}: partitions of the bags differ in length, ${lists.map(({ length }) => length).join(', ')} beside ${i} or more: bags that go together have as many elements in each partition`,
    );
  return {
    push: (value) => {
      if (lists.some(({ length }) => i >= length)) throw uneven();
      const at = i++;
      const made = fn(
        value,
        ...others.map((other) => (other.packed ? (other.value as readonly unknown[])[at] : other.value)),
      );
      return made instanceof Promise ? made.then(push) : push(made);
    },
    end: () => {
      if (!around.flow.stopped && lists.some(({ length }) => i < length)) throw uneven();
      return next.end();
    },
  };
}

function filtered(fn: Callable, keep: boolean, next: Sink): Sink {
  const settle = (value: unknown, kept: unknown): Maybe =>
    Boolean(kept) === keep ? next.push(value) : undefined;
  return {
    push: (value) => {
      const kept = fn(value);
      return kept instanceof Promise ? kept.then((it) => settle(value, it)) : settle(value, kept);
    },
    end: () => next.end(),
  };
}

/** A function of a whole partition. */
function whole(fn: Callable, places: readonly Place[], next: Sink, around: Around): Sink {
  const list: unknown[] = [];
  return {
    push: (value) => {
      list.push(value);
    },
    end: () =>
      after(fn(list, ...places.map((place) => given(place, around))), (made) => {
        const flowing = each(
          iterable(made, 'mapPartitions: what the function returned'),
          next.push,
          around.flow,
        );
        return flowing === undefined ? next.end() : flowing.then(() => next.end());
      }),
  };
}

function joined(step: Step & { readonly do: 'join' }, next: Sink, around: Around): Sink {
  const own = keyOf(step.own, around.functions, 'join');
  const its = keyOf(step.its, around.functions, 'join');
  let index: Maybe<ReadonlyMap<unknown, readonly unknown[]>> | undefined;
  const matches = (value: unknown, found: ReadonlyMap<unknown, readonly unknown[]>): Maybe =>
    after(own(value), (key) => {
      const others = found.get(identityOf(key)) ?? [];
      return each(
        others.map((other) => [other, value]),
        next.push,
        around.flow,
      );
    });
  return {
    push: (value) => {
      index ??= indexed(iterable(given(step.other, around), 'join: the other side'), its);
      return index instanceof Promise ? index.then((found) => matches(value, found)) : matches(value, index);
    },
    end: () => next.end(),
  };
}

/** Values by their keys. */
function indexed(
  values: Iterable<unknown>,
  key: (value: unknown) => Maybe<unknown>,
): Maybe<ReadonlyMap<unknown, readonly unknown[]>> {
  const index = new Map<unknown, unknown[]>();
  const flowing = each(
    values,
    (value) =>
      after(key(value), (found) => {
        const identity = identityOf(found);
        const list = index.get(identity);
        if (list === undefined) index.set(identity, [value]);
        else list.push(value);
      }),
    { stopped: false },
  );
  return flowing === undefined ? index : flowing.then(() => index);
}

function accumulated(
  fn: Callable,
  step: Step & { readonly do: 'accumulate' },
  next: Sink,
  around: Around,
): Sink {
  // None where nothing stands before the first element.
  const carried = given(step.carry, around) as readonly unknown[];
  let some = carried.length > 0;
  let last = carried[0];
  let opened = !(step.first && some);
  const open = (): Maybe => {
    if (opened) return undefined;
    opened = true;
    return next.push(last);
  };
  const go = (value: unknown): Maybe =>
    after(some ? fn(last, value) : value, (made) => {
      [some, last] = [true, made];
      return next.push(made);
    });
  return {
    push: (value) => {
      const opening = open();
      return opening === undefined ? go(value) : opening.then(() => go(value));
    },
    end: () => {
      const opening = open();
      return opening === undefined ? next.end() : opening.then(() => next.end());
    },
  };
}
