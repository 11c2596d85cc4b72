import type { Interval } from '../types.js';

const MICROSECONDS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  min: 60e6,
  h: 3600e6,
};
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7 };
const MONTHS: Readonly<Record<string, number>> = { mo: 1, q: 3, y: 12 };

/**
 * A span of time as users write it: '7d', '1h30m', '-2mo'. Units: us, ms, s, m (min), h, d, w, mo, q, y.
 * Throws a TypeError where it is none.
 */
export function parseDuration(text: string): Interval {
  const whole = /^\s*(-?)((?:\d+(?:us|ms|min|mo|[smhdwqy])\s*)+)$/.exec(text);
  if (!whole)
    throw new TypeError(
      `${JSON.stringify(text)} is no span of time: write '15m', '1h30m', '7d', '2w', '1mo', '1q' or '1y' (units us ms s m h d w mo q y)`,
    );
  const sign = whole[1] === '-' ? -1 : 1;
  let [months, days, microseconds] = [0, 0, 0];
  for (const [, digits, unit] of whole[2]!.matchAll(/(\d+)(us|ms|min|mo|[smhdwqy])/g)) {
    const n = sign * Number(digits);
    months += n * (MONTHS[unit!] ?? 0);
    days += n * (DAYS[unit!] ?? 0);
    microseconds += n * (MICROSECONDS[unit!] ?? 0);
  }
  return Object.freeze({ months, days, microseconds });
}
