/** Seconds since 1970, with fractions, as Python's `time()`; it never goes backwards. */
export const seconds = (): number => (performance.timeOrigin + performance.now()) / 1000;
