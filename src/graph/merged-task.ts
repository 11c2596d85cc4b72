import { bytesOf } from './order.js';
import { ScratchPlan } from './scratch-plan.js';
import type { BlockMeta, Key, Task } from './task.js';

/** The operation that does several tasks in one. */
const MERGED = 'graph/merged';

/** What merged tasks of one shape share: each operation, with what it shares, once. */
export interface MergedCommon {
  readonly kinds: readonly { readonly op: string; readonly common?: unknown }[];
}

/** One of the tasks that were merged. */
export interface MergedStep {
  /** Which of the kinds it is. */
  readonly kind: number;
  readonly params: unknown;
  /** Of each input: the number of one of the merged task's inputs, or -1 - i for the result of step i. */
  readonly inputs: readonly number[];
  /** Blocks that it fills, and where in the scratch memory; none for the last step, which fills those of the merged task. */
  readonly out: readonly PlacedBlock[];
  /** Where in the scratch memory its own scratch is, and how many bytes. */
  readonly scratch: readonly [at: number, bytes: number];
}

export interface PlacedBlock extends BlockMeta {
  readonly at: number;
}

export interface MergedParams {
  readonly steps: readonly MergedStep[];
}

type Kinds = MergedCommon['kinds'];

/** The operations that a task does: of a merged one, those of its steps. */
export const operationsOf = ({ op, common }: Task): readonly string[] =>
  op === MERGED ? [...new Set((common as MergedCommon).kinds.map((kind) => kind.op))] : [op];

/** Makes merged tasks of one graph: what those of one shape share is one object. */
export class MergedTasks {
  private readonly kinds: { readonly op: string; readonly common: unknown; readonly id: number }[] = [];
  private readonly byCommon = new Map<string, Map<unknown, number>>();
  private readonly commons = new Map<string, MergedCommon>();

  /**
   * One task for several, each of which comes after those that it reads; only the last is read by others.
   * Its key and outputs are the last one's.
   */
  of(tasks: readonly Task[], work: number): Task {
    const last = tasks.at(-1)!;
    const own = new Set(tasks.map(({ key }) => key));
    const inputs = [...new Set(tasks.flatMap((task) => task.inputs))].filter((key) => !own.has(key));
    const kinds = [...new Set(tasks.map((task) => this.kindOf(task)))];
    const { steps, scratch } = placed(tasks, inputs, (task) => kinds.indexOf(this.kindOf(task)));
    const params: MergedParams = { steps };
    return Object.freeze({
      key: last.key,
      op: MERGED,
      inputs,
      params,
      common: this.commonOf(kinds),
      ...(last.out && { out: last.out }),
      scratch,
      work,
    });
  }

  private kindOf({ op, common }: Task): number {
    const ofOp = this.byCommon.get(op) ?? new Map<unknown, number>();
    this.byCommon.set(op, ofOp);
    const known = ofOp.get(common);
    if (known !== undefined) return known;
    const id = this.kinds.length;
    this.kinds.push({ op, common, id });
    ofOp.set(common, id);
    return id;
  }

  private commonOf(ids: readonly number[]): MergedCommon {
    const name = ids.join();
    const known = this.commons.get(name);
    if (known !== undefined) return known;
    const kinds: Kinds = ids.map((id) => {
      const { op, common } = this.kinds[id]!;
      return { op, ...(common !== undefined && { common }) };
    });
    const common = Object.freeze({ kinds });
    this.commons.set(name, common);
    return common;
  }
}

/** The steps of a merged task, and the scratch memory that they need: what a step makes stays there until it is read for the last time. */
function placed(
  tasks: readonly Task[],
  inputs: readonly Key[],
  kindOf: (task: Task) => number,
): { readonly steps: readonly MergedStep[]; readonly scratch: number } {
  const stepOf = new Map(tasks.map(({ key }, i) => [key, i]));
  const inputOf = new Map(inputs.map((key, i) => [key, i]));
  const lastRead = new Map<Key, number>();
  tasks.forEach((task, i) => {
    for (const key of task.inputs) lastRead.set(key, i);
  });
  const plan = new ScratchPlan();
  const places = new Map<Key, readonly number[]>();
  const steps = tasks.map((task, i): MergedStep => {
    const out = (i < tasks.length - 1 ? task.out! : []).map((block) => ({
      ...block,
      at: plan.take(bytesOf({ ...task, out: [block] })),
    }));
    places.set(
      task.key,
      out.map(({ at }) => at),
    );
    const bytes = task.scratch ?? 0;
    const at = plan.take(bytes);
    plan.free(at);
    for (const key of new Set(task.inputs))
      if (lastRead.get(key) === i) for (const place of places.get(key) ?? []) plan.free(place);
    const numbers = task.inputs.map((key) => inputOf.get(key) ?? -1 - stepOf.get(key)!);
    return { kind: kindOf(task), params: task.params, inputs: numbers, out, scratch: [at, bytes] };
  });
  return { steps, scratch: plan.bytes };
}
