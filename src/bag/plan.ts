import type { FunctionSpec } from '../graph/function-spec.js';
import type { LinesSource } from './ops/lines.js';

/** Where the elements of a partition come from. What is lazy in it is an input of the task. */
export type Source =
  | { readonly of: 'list'; readonly list: unknown }
  | { readonly of: 'range'; readonly start: number; readonly stop: number }
  /** Partitions as tasks left them, one behind another. */
  | { readonly of: 'packed'; readonly parts: readonly unknown[] }
  /** The same, of pairs of keys and values that are to be grouped. */
  | { readonly of: 'groups'; readonly parts: readonly unknown[] }
  | LinesSource;

/** The name of a property, or the index of an element. */
export type Name = string | number;

/** What an element is found by: a function among those of the plan, or a property, or several. */
export type KeyBy = { readonly fn: string } | { readonly names: Name | readonly Name[] };

/** What a step reads beside the elements: an argument of the task, which may be a partition of another bag. */
export interface Place {
  readonly at: number;
  readonly packed: boolean;
}

/** What is done to the elements of each partition. Functions are named as the plan has them. */
export type Step =
  | { readonly do: 'map'; readonly fn: string; readonly args: readonly Place[] }
  | { readonly do: 'starmap'; readonly fn: string }
  | { readonly do: 'filter' | 'remove'; readonly fn: string }
  | { readonly do: 'flatten' }
  | { readonly do: 'pluck'; readonly names: Name | readonly Name[]; readonly missing?: readonly [unknown] }
  | { readonly do: 'mapPartitions'; readonly fn: string; readonly args: readonly Place[] }
  | { readonly do: 'zip'; readonly args: readonly Place[] }
  | { readonly do: 'product'; readonly other: Place }
  | { readonly do: 'join'; readonly other: Place; readonly own: KeyBy; readonly its: KeyBy }
  | { readonly do: 'accumulate'; readonly fn: string; readonly carry: Place; readonly first: boolean }
  | { readonly do: 'sample'; readonly probability: number; readonly seed: Place }
  | { readonly do: 'limit'; readonly count: number };

/** A fold, by its name in the table of folds (`ops/folds.ts`), with what it takes. */
export interface FoldSpec {
  readonly fold: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Functions by the role that they have in it. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly key?: KeyBy;
}

/** What becomes of the elements at the end of a task; without one they stay, packed. */
export type End =
  | { readonly to: 'fold'; readonly fold: FoldSpec }
  /** Into as many pieces, by the hash of a key, or evenly, into as many as an argument says. */
  | { readonly to: 'split'; readonly pieces: number; readonly key: KeyBy }
  | { readonly to: 'cut'; readonly pieces: Place }
  | { readonly to: 'text'; readonly target: Place };

/** An argument of the tasks of a plan: another one for each partition, or the same for all. */
export type PartArgument = { readonly each: readonly unknown[] } | { readonly all: unknown };

/** A bag as data: a source for each partition, and the steps that the task of each takes with its elements. */
export interface BagPlan {
  readonly sources: readonly Source[];
  readonly steps: readonly Step[];
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly args: readonly PartArgument[];
  /** What keys begin with. */
  readonly name: string;
}

/** A bag of what sources give. */
export const planOf = (name: string, sources: readonly Source[]): BagPlan =>
  Object.freeze({ sources: Object.freeze(sources), steps: [], functions: {}, args: [], name });

/** What a step, or an end, takes of the plan that it is added to. */
export class Draft {
  readonly functions: Record<string, FunctionSpec>;
  readonly args: PartArgument[];

  constructor(plan: BagPlan) {
    this.functions = { ...plan.functions };
    this.args = [...plan.args];
  }

  /** The name of a function that is added. */
  fn(spec: FunctionSpec): string {
    const name = `f${Object.keys(this.functions).length}`;
    this.functions[name] = spec;
    return name;
  }

  /** @param packed whether it is a partition of another bag */
  arg(argument: PartArgument, packed = false): Place {
    return { at: this.args.push(argument) - 1, packed };
  }
}

/** The plan with one more step. */
export function withStep(plan: BagPlan, make: (draft: Draft) => Step): BagPlan {
  const draft = new Draft(plan);
  const step = make(draft);
  return Object.freeze({
    sources: plan.sources,
    steps: Object.freeze([...plan.steps, step]),
    functions: Object.freeze(draft.functions),
    args: Object.freeze(draft.args),
    name: longer(plan.name, step.do),
  });
}

/** What pictures and dashboards show of a chain of steps: its beginning and its end. */
const longer = (name: string, step: string): string => {
  const parts = [...name.split('-'), step];
  return parts.length <= NAMED ? parts.join('-') : [parts[0], ...parts.slice(1 - NAMED)].join('-');
};

const NAMED = 4;
