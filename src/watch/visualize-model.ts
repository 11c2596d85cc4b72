import { bytesOf, order } from '../graph/order.js';
import type { Graph, Key, Task } from '../graph/task.js';
import { bytesText, layerOf, nameOf, plural, resultOf, shortKey, titleOf } from './visualize-label.js';

/** A graph as boxes and arrows, before layout: one box a task, or one a layer. */
export interface Picture {
  readonly boxes: readonly Box[];
  /** Pairs of boxes: what is read, who reads it. No cycles. */
  readonly edges: readonly (readonly [number, number])[];
}

export interface Box {
  readonly title: string;
  readonly subtitle: string;
  readonly tooltip: string;
  /** Boxes of one group have one colour; undefined for results that exist already. */
  readonly group: string | undefined;
  readonly output: boolean;
  /** Its place in the order of running, where the box is one task. */
  readonly number?: number;
  /** When it runs, from 0 to 1. */
  readonly time: number;
}

/** One box for each task, and one for each result that the graph takes as given. */
export function pictureOfTasks(graph: Graph, outputs: ReadonlySet<Key>, groupBy: 'op' | 'layer'): Picture {
  const numbers = order(graph, outputs);
  const index = new Map<Key, number>();
  const boxes: Box[] = [];
  const inOrder = byNumber(graph, numbers);
  for (const task of inOrder) {
    const number = numbers.get(task.key)!;
    index.set(task.key, boxes.length);
    boxes.push({
      title: titleOf(task.key),
      subtitle: `${task.op} → ${resultOf(task.out)}`,
      tooltip: tooltipOf(task, number),
      group: groupBy === 'op' ? task.op : nameOf(layerOf(task.key)),
      output: outputs.has(task.key),
      number,
      time: number / Math.max(1, graph.size - 1),
    });
  }
  const edges: [number, number][] = [];
  for (const task of inOrder) {
    for (const input of new Set(task.inputs)) {
      if (!index.has(input)) {
        index.set(input, boxes.length);
        boxes.push({ ...GIVEN, title: titleOf(input), tooltip: input });
      }
      edges.push([index.get(input)!, index.get(task.key)!]);
    }
  }
  return { boxes, edges };
}

const GIVEN: Omit<Box, 'title' | 'tooltip'> = {
  subtitle: 'exists already',
  group: undefined,
  output: false,
  time: 0,
};

interface Layer {
  readonly name: string;
  readonly tasks: Task[];
  depth: number;
}

/** One box for each layer: the tasks whose keys differ in nothing but coordinates. */
export function pictureOfLayers(graph: Graph, outputs: ReadonlySet<Key>, groupBy: 'op' | 'layer'): Picture {
  const numbers = order(graph, outputs);
  const layers = new Map<string, Layer>();
  const inOrder = byNumber(graph, numbers);
  const depths = new Map<Key, number>();
  for (const task of inOrder) {
    const name = layerOf(task.key);
    const layer = layers.get(name) ?? { name, tasks: [], depth: 0 };
    layers.set(name, layer);
    layer.tasks.push(task);
    const depth = task.inputs.reduce((most, input) => Math.max(most, (depths.get(input) ?? -1) + 1), 0);
    depths.set(task.key, depth);
    layer.depth = Math.max(layer.depth, depth);
  }
  const list = [...layers.values()];
  const index = new Map(list.map(({ name }, i) => [name, i]));
  const boxes = list.map(({ name, tasks }): Box => {
    const ops = [...new Set(tasks.map(({ op }) => op))];
    const bytes = tasks.reduce((total, task) => total + bytesOf(task), 0);
    const middle = tasks.reduce((total, { key }) => total + numbers.get(key)!, 0) / tasks.length;
    const summary = `${plural(tasks.length, 'task')}${bytes > 0 ? `, ${bytesText(bytes)}` : ''}`;
    return {
      title: nameOf(name),
      subtitle: `${ops.join(', ')} · ${summary}`,
      tooltip: `${name}\n${ops.join(', ')}\n${summary}\nfor example ${tasks[0]!.key} → ${resultOf(tasks[0]!.out)}`,
      group: groupBy === 'op' ? ops[0] : nameOf(name),
      output: tasks.some(({ key }) => outputs.has(key)),
      time: middle / Math.max(1, graph.size - 1),
    };
  });
  // Layers may read one another both ways, which their tasks never do; arrows go where the deeper one reads.
  const edges = new Map<string, [number, number]>();
  for (const task of inOrder) {
    const to = layers.get(layerOf(task.key))!;
    for (const input of task.inputs) {
      const from = layers.get(layerOf(input));
      if (!from || from.depth >= to.depth) continue;
      edges.set(`${from.name}\n${to.name}`, [index.get(from.name)!, index.get(to.name)!]);
    }
  }
  return { boxes, edges: [...edges.values()] };
}

/** In the order of running, which is also a good order of rows to start from. */
const byNumber = (graph: Graph, numbers: ReadonlyMap<Key, number>): Task[] =>
  [...graph.values()].sort((a, b) => numbers.get(a.key)! - numbers.get(b.key)!);

function tooltipOf(task: Task, number: number): string {
  const inputs = task.inputs.slice(0, 12).map((key) => `  ${shortKey(key)}`);
  if (task.inputs.length > inputs.length) inputs.push(`  … ${task.inputs.length} in all`);
  const bytes = bytesOf(task);
  return [
    task.key,
    `${task.op} → ${resultOf(task.out)}${bytes > 0 ? ` (${bytesText(bytes)})` : ''}`,
    ...(task.scratch ? [`scratch ${bytesText(task.scratch)}`] : []),
    ...(inputs.length > 0 ? ['reads', ...inputs] : []),
    `runs as number ${number}`,
  ].join('\n');
}
