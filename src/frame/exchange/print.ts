import type { Key } from '../../graph/task.js';
import { printExpr, printKey, printName } from '../expr/print.js';
import type { CustomAggregates } from '../map/customs.js';
import { printFunction, printPlan } from '../plan/print.js';
import type { Fragment, FragmentTask, FrameGraph, FrameTask } from './task.js';

/** Fragments and exchanges as text. Tasks that differ only in the partition they are of are shown once. */
export function printGraph({ tasks, result, reasons }: FrameGraph): string {
  const numbers = new Map<Key, number>();
  const groups: { readonly shape: string; readonly tasks: FrameTask[] }[] = [];
  const shapeOf = (inputs: readonly Key[], text: string): string =>
    `${[...new Set(inputs.map((key) => numbers.get(key)))].join(' ')}|${text}`;
  for (const task of tasks.values()) {
    const shape = shapeOf(dataOf(task), taskText(task));
    let group = groups.find((known) => known.shape === shape);
    if (!group) {
      group = { shape, tasks: [] };
      groups.push(group);
    }
    group.tasks.push(task);
    numbers.set(task.key, groups.indexOf(group) + 1);
  }
  const from = (inputs: readonly Key[]): string => {
    // What was persisted no task of the graph makes.
    const stages = [...new Set(inputs.flatMap((key) => numbers.get(key) ?? []))].sort((a, b) => a - b);
    return stages.length > 0 ? ` from ${stages.join(', ')}` : '';
  };
  const lines = groups.flatMap(({ tasks: same }, i) => [
    `${i + 1}: ${count(same.length, 'task')}${from(same.flatMap(dataOf))}`,
    ...indented(taskText(same[0]!)),
  ]);
  const ends = new Map<string, Fragment[]>();
  for (const fragment of result) {
    const shape = shapeOf(fragment.inputs, planText(fragment));
    ends.set(shape, [...(ends.get(shape) ?? []), fragment]);
  }
  for (const fragments of ends.values())
    lines.push(
      `result: ${count(fragments.length, 'partition')}${from(fragments.flatMap(({ inputs }) => inputs))}`,
      ...indented(planText(fragments[0]!)),
    );
  if (reasons.length > 0) lines.push('because:', ...reasons.map((reason) => `  ${reason}`));
  return lines.join('\n');
}

/** Where a task's rows come from. That a function is told how many rows are before its own goes without saying. */
const dataOf = ({ op, inputs }: FrameTask): readonly Key[] => {
  if (op === 'frame/blocks' || op === 'frame/values') return [];
  return op === 'frame/apply' || op === 'frame/offset' ? inputs.slice(0, 1) : inputs;
};

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
const indented = (text: string): readonly string[] => text.split('\n').map((line) => `  ${line}`);
/** What tells one partition's plan from another's is left out. */
const planText = ({ plan }: Pick<Fragment, 'plan'>): string =>
  printPlan(plan)
    .replaceAll(/ seed \d+/g, '')
    .replaceAll(/(memory \()\d+ rows\)/g, '$1rows)')
    .replaceAll(/^( *__tilework_position = )?.*$/gm, (line) =>
      line.replace(/__tilework_position = [^,]*/, '__tilework_position'),
    );

function taskText(task: FrameTask): string {
  switch (task.op) {
    case 'frame/boundaries':
      return `boundaries of ${task.params.parts} ranges by ${task.params.keys.map(printKey).join(', ')}`;
    case 'frame/offset':
      return 'rows up to here';
    case 'frame/apply':
      return printFunction(task.params);
    case 'frame/groups':
      return `aggregates ${namesOf(task.params)} by ${task.params.keys.map(printName).join(', ')}`;
    case 'frame/partial':
      return `partial aggregates ${namesOf(task.params)}`;
    case 'frame/merge':
      return `${task.params.last ? 'aggregates' : 'merged partial aggregates'} ${namesOf(task.params.aggregates)}`;
    case 'frame/fragment':
      return fragmentText(task);
    case 'frame/blocks':
      return `blocks of an array as rows: ${Object.keys(task.params.schema).map(printName).join(', ')}`;
    case 'frame/values':
      return `delayed values as rows: ${Object.keys(task.params.schema).map(printName).join(', ')}`;
    case 'frame/array':
      return `store numbers\n${indented(planText(task.params)).join('\n')}`;
    case 'frame/export':
      return `write files at ${task.params.to.target}\n${indented(planText(task.params)).join('\n')}`;
  }
}

const namesOf = ({ aggregates }: CustomAggregates): string =>
  aggregates.map(({ functions }) => functions.name).join(', ');

function fragmentText(task: FragmentTask): string {
  const { output } = task.params;
  const plan = planText(task.params);
  switch (output.by) {
    case 'one':
      return `write\n${indented(plan).join('\n')}`;
    case 'rows': {
      const { keys = [] } = output.layout;
      return `write for functions${keys.length > 0 ? ` by ${keys.map(printName).join(', ')}` : ''}\n${indented(plan).join('\n')}`;
    }
    case 'expression':
      return `exchange ${output.parts} parts by ${printExpr(output.part)}\n${indented(plan).join('\n')}`;
    case 'range':
      return `exchange ${output.parts} ranges by ${output.keys.map(printKey).join(', ')}\n${indented(plan).join('\n')}`;
  }
}
