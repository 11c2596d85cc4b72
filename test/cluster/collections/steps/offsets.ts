/** Imported by what is sent: bundled with it, and compiled. */
export const OFFSET: number = 100;
