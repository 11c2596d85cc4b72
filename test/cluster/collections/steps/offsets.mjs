/** Imported by what is sent: bundled with it. */
export const OFFSET = 100;
export default { OFFSET };
