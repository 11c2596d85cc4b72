import type { Engine } from '../engine/engine.js';
import type { Key, Task } from '../graph/task.js';
import type { LazyInput } from '../lazy/index.js';
import type { Work } from './work.js';

/** What futures stand for, by how computations see them. All walks from there are iterative: what is behind a future may be deep. */
export const works = new WeakMap<LazyInput, Work>();

/** The works nearest to some inputs: themselves, or behind delayed values. */
export function worksBehind(inputs: readonly LazyInput[]): Set<Work> {
  const found = new Set<Work>();
  const met = new Set<LazyInput>(inputs);
  for (const input of met) {
    const work = works.get(input);
    if (work !== undefined) found.add(work);
    else for (const behind of input.inputs) met.add(behind);
  }
  return found;
}

/** Works that failed among what an input is made of, each after those that it reads. */
export function failedBehind(from: LazyInput): Work[] {
  const failed: Work[] = [];
  const met = new Set<LazyInput>([from]);
  const path = [{ input: from, next: 0 }];
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const behind = step.input.inputs[step.next++];
    if (behind === undefined) {
      path.pop();
      const work = works.get(step.input);
      if (step.input !== from && work?.outcome === 'error') failed.push(work);
    } else if (!met.has(behind)) {
      met.add(behind);
      path.push({ input: behind, next: 0 });
    }
  }
  return failed;
}

/**
 * The tasks that an engine is given to make a result: all that make it of what the engine has, or is at. Of what it is at the tasks that make the result's
 * own inputs are among them, should these be given up before they are there; but not what is behind those, or each step of a long chain would bring all before it.
 */
export function tasksFor(result: LazyInput, engine: Engine): Map<Key, Task> {
  const graph = new Map<Key, Task>();
  const met = new Set<LazyInput>([result]);
  const stack = [{ input: result, far: false }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { input } = step;
    for (const task of input.tasks()) graph.set(task.key, task);
    const far = step.far || isAt(engine, input);
    for (const behind of input.inputs) {
      if (met.has(behind) || (far && isAt(engine, behind))) continue;
      met.add(behind);
      stack.push({ input: behind, far });
    }
  }
  return graph;
}

const isAt = (engine: Engine, input: LazyInput): boolean => works.get(input)?.isAt(engine) === true;
