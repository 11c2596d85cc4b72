import type { Key, Task } from '../../graph/task.js';
import type { AggregateCommon, AggregateValue, CombineParams, OpenGroup } from './aggregate-op.js';

/** The parts of groups that lie at the ends of tasks, group by group. */
export function openGroups(values: readonly AggregateValue[]): OpenGroup[][] {
  const groups: OpenGroup[][] = [];
  for (const { head, tail } of values) {
    if (head) groups.at(-1)!.push(head);
    if (tail) groups.push([tail]);
  }
  return groups;
}

/** So many partial results are joined at once. */
const FAN_IN = 16;

/** What the trees that join parts of groups end in. */
interface Roots {
  /** The files that they write their rows to; without it they yield groups that are open still. */
  readonly out?: (index: number) => string;
  /** Whether there is one group, be it of no rows. */
  readonly whole: boolean;
}

/** The trees that join the parts of groups. */
export function combineTasks(
  groups: readonly (readonly OpenGroup[])[],
  common: AggregateCommon,
  run: string,
  { out, whole }: Roots,
): { readonly tasks: Task[]; readonly outputs: Key[] } {
  const tasks: Task[] = [];
  const outputs: Key[] = [];
  const add = (params: CombineParams, inputs: readonly Key[]): Key => {
    const key = `${run}-combine-${tasks.length}`;
    tasks.push({ key, op: 'frame/combine', inputs, params, common });
    return key;
  };
  for (const parts of groups) {
    const end = out && { out: out(outputs.length) };
    if (parts.length <= FAN_IN) {
      outputs.push(add({ parts, ...end }, []));
      continue;
    }
    let level: Key[] = [];
    for (let from = 0; from < parts.length; from += FAN_IN)
      level.push(add({ parts: parts.slice(from, from + FAN_IN) }, []));
    while (level.length > FAN_IN) {
      const next: Key[] = [];
      for (let from = 0; from < level.length; from += FAN_IN)
        next.push(add({ parts: [] }, level.slice(from, from + FAN_IN)));
      level = next;
    }
    outputs.push(add({ parts: [], ...end }, level));
  }
  if (whole && groups.length === 0)
    outputs.push(add({ parts: [], ...(out && { out: out(0) }), empty: true }, []));
  return { tasks, outputs };
}
