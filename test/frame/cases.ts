/** Every recorded case of `test/truth/frame.py`, as what it says in tilework. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as tw from '../../src/index.js';
import { type Answer, answerOf, type Case, type Cases, difference, frameOf } from './recorded.js';

export const { frames, groups, versions } = JSON.parse(
  gunzipSync(readFileSync(new URL('../truth/frame/frame.json.gz', import.meta.url))).toString(),
) as Cases;

export const nameOf = ({ f, t }: Case): string => (f === undefined ? t : `${f}: ${t}`);

const { var: _, delete: __, ...api }: Readonly<Record<string, unknown>> = { ...tw };
const scope: Readonly<Record<string, unknown>> = {
  ...api,
  ...Object.fromEntries(Object.entries(frames).map(([name, columns]) => [name, frameOf(columns)])),
};
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<unknown>;
const evaluate = (text: string): Promise<unknown> =>
  new AsyncFunction(...Object.keys(scope), `return ${text};`)(...Object.values(scope));

/** Computes a case. */
export async function run(one: Case, options: tw.FrameOptions): Promise<Answer> {
  if (one.f !== undefined) return (await runTogether(one.f, [one], options))[0]!;
  const frame = await evaluate(one.t);
  if (!(frame instanceof tw.DataFrame)) throw new TypeError(`${one.t} is no frame`);
  return answerOf(await frame.toColumns(options));
}

/** Computes cases that are expressions over one frame as columns of one. */
export async function runTogether(
  frame: string,
  cases: readonly Case[],
  options: tw.FrameOptions,
): Promise<readonly Answer[]> {
  const named = await Promise.all(cases.map(async ({ t }, i) => [`r${i}`, await evaluate(t)] as const));
  const made = (scope[frame] as tw.DataFrame).select(Object.fromEntries(named) as Record<string, tw.Expr>);
  const answer = answerOf(await made.toColumns(options));
  return answer.map(([, kind, values]) => [['r', kind, values]]);
}

/** Expressions that are computed as columns of one frame. */
const TOGETHER = 30;

/** What is wrong with cases; many are computed at once. */
export async function failuresOf(
  cases: readonly Case[],
  options: tw.FrameOptions,
  atOnce: number,
): Promise<readonly string[]> {
  const left = batchesOf(cases).values();
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (const batch of left) failures.push(...(await failuresOfBatch(batch, options)));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failures;
}

/** Computes cases as one frame, or, where that is not right, one by one. */
async function failuresOfBatch(cases: readonly Case[], options: tw.FrameOptions): Promise<readonly string[]> {
  const { f } = cases[0]!;
  if (f !== undefined && cases.length > 1) {
    const answers = await runTogether(f, cases, options).catch(() => []);
    if (answers.length > 0 && answers.every((answer, i) => difference(answer, cases[i]!) === '')) return [];
  }
  const each = await Promise.all(cases.map((one) => wrong(one, options)));
  return each.filter((failure) => failure !== '');
}

/** What is wrong with a case; '' where nothing is. */
async function wrong(one: Case, options: tw.FrameOptions): Promise<string> {
  const answer = await run(one, options).catch((error: Error) => error);
  if (answer instanceof Error) {
    const expected = one.e !== undefined && answer.message.includes(one.e);
    return expected ? '' : `${nameOf(one)}: ${answer.stack}`;
  }
  const found = one.e === undefined ? difference(answer, one) : `no error that says ${one.e}`;
  return found && `${nameOf(one)}: ${found}`;
}

/** Expressions over the same frame that give as many rows go together. */
function batchesOf(cases: readonly Case[]): readonly (readonly Case[])[] {
  const batches = new Map<string, Case[]>();
  for (const [i, one] of cases.entries()) {
    const alone = one.f === undefined || one.e !== undefined;
    const name = alone ? String(i) : `${one.f} ${one.r![0]![2].length} ${one.o ?? ''}`;
    batches.set(name, [...(batches.get(name) ?? []), one]);
  }
  return [...batches.values()].flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / TOGETHER) }, (_, i) =>
      batch.slice(i * TOGETHER, (i + 1) * TOGETHER),
    ),
  );
}
