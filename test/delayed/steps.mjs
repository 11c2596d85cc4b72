/** Functions that tests name by their module. */
export const half = (n) => n / 2;
export default async (a, b) => a * b;
