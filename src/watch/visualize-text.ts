import { diagnose } from '../graph/diagnose.js';
import { order } from '../graph/order.js';
import type { Graph, Key } from '../graph/task.js';
import { bytesText, clip, plural, resultOf, shortKey } from './visualize-label.js';

/**
 * A graph as a table of text, one line a task in the order of running, with the numbers of the tasks that each one reads,
 * and the most that the order holds in memory.
 *
 * @param options.outputs results that are held to the end (default: those that no task reads)
 * @param options.max most lines (default 200); what is left out is counted
 * @example
 * graphToText(x.graph()).split('\n').length; // 5
 */
export function graphToText(graph: Graph, options: { outputs?: Iterable<Key>; max?: number } = {}): string {
  const outputs = options.outputs && [...options.outputs];
  const max = options.max ?? 200;
  const numbers = order(graph, outputs);
  const { peakLive, peakBytes } = diagnose(graph, numbers, outputs);
  const tasks = [...graph.values()].sort((a, b) => numbers.get(a.key)! - numbers.get(b.key)!);
  const reads = (key: Key): string => String(numbers.get(key) ?? shortKey(key));
  const rows = tasks
    .slice(0, max)
    .map((task, i) => [
      String(i),
      clip(shortKey(task.key), 60),
      task.op,
      resultOf(task.out),
      listed(task.inputs.map(reads)),
    ]);
  const header = ['#', 'key', 'operation', 'result', 'reads'];
  const widths = header.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, c) => (c === 0 ? text.padStart(widths[c]!) : text.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  const lines = [line(header), line(widths.map((w) => '─'.repeat(w))), ...rows.map(line)];
  if (tasks.length > max) lines.push(`… and ${plural(tasks.length - max, 'task')} more`);
  const bytes = peakBytes > 0 ? `, ${bytesText(peakBytes)} of blocks` : '';
  lines.push(
    `${plural(graph.size, 'task')}; run one at a time, at most ${plural(peakLive, 'result')} at once${bytes}`,
  );
  return lines.join('\n');
}

const listed = (items: readonly string[]): string =>
  items.length <= 8
    ? items.join(', ')
    : `${items.slice(0, 6).join(', ')}, … ${items.at(-1)} (${items.length} in all)`;
