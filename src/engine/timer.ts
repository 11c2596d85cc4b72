/** The longest that a timer can be set for, in milliseconds: some 25 days. One that is set for longer is over at once. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Has something done after so many milliseconds; never, where none are said, or a timer cannot be set for so long. */
export const startTimer = (milliseconds: number | undefined, act: () => void): NodeJS.Timeout | undefined =>
  milliseconds === undefined || milliseconds > LONGEST_MS ? undefined : setTimeout(act, milliseconds);

/** Throws a RangeError where milliseconds, infinite ones too, are none. */
export function checkMilliseconds(what: string, milliseconds: number | undefined): void {
  if (milliseconds !== undefined && !(typeof milliseconds === 'number' && milliseconds >= 0))
    throw new RangeError(`${what} is a number of milliseconds from 0, not ${String(milliseconds)}`);
}
