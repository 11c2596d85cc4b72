/** Every recorded case of `test/truth/frame.py`, as what it says in tilework. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as tw from '../../src/index.js';
import { type Answer, answerOf, type Case, type Cases, frameOf } from './recorded.js';

export const { frames, groups, versions } = JSON.parse(
  gunzipSync(readFileSync(new URL('../truth/frame/frame.json.gz', import.meta.url))).toString(),
) as Cases;

export const nameOf = ({ f, t }: Case): string => (f === undefined ? t : `${f}: ${t}`);

const { var: _, ...api }: Readonly<Record<string, unknown>> = { ...tw };
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
