/**
 * Every recorded case of `test/truth/frame.py`: the same verbs and expressions in pandas, Polars or DuckDB. `MODES` says how frames are
 * computed; each case runs in each of them.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { type Answer, answerOf, type Case, type Cases, difference, frameOf } from './recorded.js';

const { frames, groups, versions } = JSON.parse(
  gunzipSync(readFileSync(new URL('../truth/frame/frame.json.gz', import.meta.url))).toString(),
) as Cases;

const MODES: readonly (readonly [string, tw.FrameOptions])[] = [
  ['one fragment', {}],
  ['three partitions', { partitions: 3 }],
];

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

async function run({ f, t }: Case, options: tw.FrameOptions): Promise<Answer> {
  const made = await evaluate(t);
  const frame = f === undefined ? made : (scope[f] as tw.DataFrame).select({ r: made as tw.Expr });
  if (!(frame instanceof tw.DataFrame)) throw new TypeError(`${t} is no frame`);
  return answerOf(await frame.toColumns(options));
}

describe.each(MODES)('%s', (_mode, options) => {
  describe.each(Object.entries(groups))('%s', (_group, cases) => {
    it.each(cases.map((one) => [one.f === undefined ? one.t : `${one.f}: ${one.t}`, one] as const))(
      '%s',
      async (_name, one) => {
        if (one.e === undefined) expect(difference(await run(one, options), one)).toBe('');
        else await expect(run(one, options)).rejects.toThrow(one.e);
      },
    );
  });
});

it('has cases from pandas', () => {
  expect(versions.pandas).toMatch(/^\d/);
  expect(Object.values(groups).flat().length).toBeGreaterThan(1000);
});
