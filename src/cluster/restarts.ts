/** A process that lived for so many milliseconds was well: its next end is the first again. */
const WELL_MS = 60_000;
const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 30_000;

/** How often in a row a process has ended soon after it was started. @param lived for how many milliseconds it did now */
export const endsInARow = (before: number, lived: number): number => (lived > WELL_MS ? 1 : before + 1);

/** Milliseconds until something is tried again that has failed, or ended, so often in a row: ever longer. */
export const pauseAfter = (ends: number): number =>
  ends < 1 ? 0 : Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (ends - 1));
