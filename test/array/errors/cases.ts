import { describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';

export const x = tw.arange(12).reshape([3, 4]);
export const ints = x.astype('int32');
export const mask = x.greater(3);
/** Eight elements, which nobody knows before computing. */
export const unknown = x.get(mask);
/** What JavaScript callers may pass in spite of the types. */
export const wrong = (value: unknown): never => value as never;

/** What is wrong; the call; the error's name and what its message must say: the thing, and the remedy. */
export type Case = readonly [what: string, call: () => unknown, name: string, ...says: (string | RegExp)[]];

/** Bad input is refused where it is given, by a message that names the thing and what to do about it. */
export function refused(groups: Readonly<Record<string, readonly Case[]>>): void {
  for (const [group, cases] of Object.entries(groups))
    describe(group, () => {
      it.each(cases.map((c) => ({ what: c[0], c })))('$what', async ({ c: [, call, name, ...says] }) => {
        const error: unknown = await (async () => call())().then(
          (value) => {
            throw new Error(`it gives ${String(value)}`);
          },
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(Error);
        const { name: kind, message } = error as Error;
        expect(`${kind}: ${message}`).toMatch(new RegExp(`^${name}: `));
        for (const text of says) expect(message).toContain(text);
      });
    });
}
