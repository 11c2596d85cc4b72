import type { FoldSpec } from '../plan.js';
import { type Callable, type Functions, keyOf } from './functions.js';
import { compare, identityOf } from './keys.js';
import { after, each, type Maybe } from './maybe.js';

/** What elements are folded into, and states that other tasks have made, in the order of the elements. */
export interface Folding {
  add(value: unknown): Maybe;
  take(state: never): Maybe;
  /** As plain data, for another task to take. */
  state(): Maybe<unknown>;
  result(): Maybe<unknown>;
}

interface Given {
  readonly options: Readonly<Record<string, unknown>>;
  fn(role: string): Callable;
  key(value: unknown): Maybe<unknown>;
}

/** A fold in its first state. */
export function folding({ fold, options = {}, functions = {}, key }: FoldSpec, compiled: Functions): Folding {
  return FOLDS[fold]!({
    options,
    fn: (role) => compiled.get(functions[role]!)!,
    key: key === undefined ? (value) => value : keyOf(key, compiled, fold),
  });
}

/** A row a fold. */
const FOLDS: Readonly<Record<string, (given: Given) => Folding>> = {
  count: () => {
    let count = 0;
    return {
      add: () => {
        count += 1;
      },
      take: (state: number) => {
        count += state;
      },
      state: () => count,
      result: () => count,
    };
  },

  any: () => truth((all, one) => all || one, false),
  all: () => truth((all, one) => all && one, true),

  sum: () => {
    let sum: number | bigint | undefined;
    const add = (value: number | bigint | undefined): void => {
      if (value !== undefined) sum = sum === undefined ? value : (sum as number) + (value as number);
    };
    return {
      add: (value) => add(numeric(value, 'sum')),
      take: ([state]: [number | bigint | undefined]) => add(state),
      state: () => [sum],
      result: () => sum ?? 0,
    };
  },

  min: () => extreme('min', -1),
  max: () => extreme('max', 1),

  moments: ({ options: { label, ddof } }) => moments(label as string, ddof as number | undefined),

  /** Values by what stands for them, the first of each. */
  distinct: ({ key }) => {
    const found = new Map<unknown, unknown>();
    const put = (identity: unknown, value: unknown): void => {
      if (!found.has(identity)) found.set(identity, value);
    };
    return {
      add: (value) => after(key(value), (by) => put(identityOf(by), value)),
      take: (state: Map<unknown, unknown>) => {
        for (const [identity, value] of state) put(identity, value);
      },
      state: () => found,
      result: () => [...found.values()],
    };
  },

  frequencies: ({ options: { sort } }) => {
    const found = new Map<unknown, [unknown, number]>();
    const put = (identity: unknown, value: unknown, count: number): void => {
      const entry = found.get(identity);
      if (entry === undefined) found.set(identity, [value, count]);
      else entry[1] += count;
    };
    return {
      add: (value) => put(identityOf(value), value, 1),
      take: (state: Map<unknown, [unknown, number]>) => {
        for (const [identity, [value, count]] of state) put(identity, value, count);
      },
      state: () => found,
      result: () => {
        const list = [...found.values()];
        return sort === true ? list.sort(([, a], [, b]) => b - a) : list;
      },
    };
  },

  topK: ({ key, options }) => {
    const k = options.k as number;
    let best: (readonly [unknown, unknown])[] = [];
    // Sorting is stable: of equal ones the first stays.
    const cut = (): void => {
      best.sort(([a], [b]) => compare(b, a));
      best = best.slice(0, k);
    };
    const put = (entry: readonly [unknown, unknown]): void => {
      if (best.push(entry) >= 2 * k + ROOM) cut();
    };
    return {
      add: (value) => after(key(value), (by) => put([by, value])),
      take: (state: readonly (readonly [unknown, unknown])[]) => {
        for (const entry of state) put(entry);
      },
      state: () => {
        cut();
        return best;
      },
      result: () => {
        cut();
        return best.map(([, value]) => value);
      },
    };
  },

  fold: ({ fn, options }) => {
    const [binop, combine] = [fn('binop'), fn('combine')];
    const initial = options.initial as readonly [unknown] | undefined;
    // A list: none, or one.
    let sum: readonly unknown[] = [];
    const put = (made: unknown): void => {
      sum = [made];
    };
    const joined = (with_: Callable, value: unknown): Maybe =>
      sum.length === 0 ? put(value) : after(with_(sum[0], value), put);
    return {
      add: (value) => {
        if (sum.length === 0 && initial !== undefined) sum = [owned(initial[0])];
        return joined(binop, value);
      },
      take: (state: readonly unknown[]) =>
        state.length === 0 ? undefined : joined(combine, owned(state[0])),
      state: () => sum,
      result: () => {
        if (sum.length > 0) return sum[0];
        if (initial !== undefined) return initial[0];
        throw new TypeError(
          'fold: the bag is empty, and of no element nothing can be made: pass { initial }',
        );
      },
    };
  },

  foldBy: ({ fn, key, options }) => {
    const [binop, combine] = [fn('binop'), fn('combine')];
    const [initial, first] = [options.initial, options.combineInitial] as (readonly [unknown] | undefined)[];
    const found = new Map<unknown, [unknown, unknown]>();
    return {
      add: (value) =>
        after(key(value), (by) => {
          const identity = identityOf(by);
          const entry = found.get(identity);
          if (entry === undefined && initial === undefined) {
            found.set(identity, [by, value]);
            return;
          }
          const before = entry === undefined ? owned(initial![0]) : entry[1];
          return after(binop(before, value), (made) => {
            found.set(identity, [by, made]);
          });
        }),
      take: (state: ReadonlyMap<unknown, [unknown, unknown]>) =>
        each(
          state,
          (item) => {
            const [identity, [by, shared]] = item as [unknown, [unknown, unknown]];
            const made = owned(shared);
            const entry = found.get(identity);
            if (entry === undefined && first === undefined) {
              found.set(identity, [by, made]);
              return;
            }
            const before = entry === undefined ? owned(first![0]) : entry[1];
            return after(combine(before, made), (sum) => {
              found.set(identity, [by, sum]);
            });
          },
          { stopped: false },
        ),
      state: () => found,
      result: () => [...found.values()],
    };
  },

  reduction: ({ fn }) => {
    const [perPartition, aggregate] = [fn('perPartition'), fn('aggregate')];
    const elements: unknown[] = [];
    const parts: unknown[] = [];
    return {
      add: (value) => {
        elements.push(value);
      },
      take: (state: readonly unknown[]) => {
        for (const one of state) parts.push(owned(one));
      },
      // Of a partition without elements nothing is asked.
      state: () => {
        if (parts.length > 0) return after(aggregate(parts), (made) => [made]);
        return elements.length > 0 ? after(perPartition(elements), (made) => [made]) : [];
      },
      result: () =>
        parts.length > 0 ? aggregate(parts) : after(perPartition([]), (made) => aggregate([made])),
    };
  },
};

const ROOM = 256;

/** A value that a function may change: states are read by other tasks too, and what groups begin with by other groups. */
const owned = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? structuredClone(value) : value;

function truth(join: (all: boolean, one: boolean) => boolean, start: boolean): Folding {
  let all = start;
  const add = (value: unknown): void => {
    all = join(all, Boolean(value));
  };
  return { add, take: add, state: () => all, result: () => all };
}

/** Adding up would make texts of what is none. */
function numeric(value: unknown, where: string): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  throw new TypeError(
    `${where}: an element is ${value === null ? 'null' : `a ${typeof value}`}, no number: pluck or map to numbers first`,
  );
}

/** The least or greatest of all, as `<` orders them; NaN where there is one. */
function extreme(label: string, sign: -1 | 1): Folding {
  let best: readonly unknown[] = [];
  const add = (value: unknown): void => {
    if (
      best.length > 0 &&
      (Number.isNaN(best[0]) || !(Number.isNaN(value) || sign * compare(value, best[0]) > 0))
    )
      return;
    best = [value];
  };
  return {
    add,
    take: (state: readonly unknown[]) => {
      if (state.length > 0) add(state[0]);
    },
    state: () => best,
    result: () => {
      if (best.length === 0) throw new TypeError(`${label}: the bag is empty`);
      return best[0];
    },
  };
}

/** Count, mean and squared deviations from it, merged as Chan, Golub and LeVeque (1979) do. */
function moments(label: string, ddof: number | undefined): Folding {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add: (value) => {
      const x = Number(numeric(value, label));
      count += 1;
      const step = x - mean;
      mean += step / count;
      squares += step * (x - mean);
    },
    take: ([n, of, squared]: readonly [number, number, number]) => {
      if (n === 0) return;
      const step = of - mean;
      const all = count + n;
      mean += (step * n) / all;
      squares += squared + (step * step * count * n) / all;
      count = all;
    },
    state: () => [count, mean, squares],
    result: () => {
      if (count === 0) throw new TypeError(`${label}: the bag is empty`);
      if (ddof === undefined) return mean;
      const variance = squares / (count - ddof);
      return label === 'std' ? Math.sqrt(variance) : variance;
    },
  };
}
