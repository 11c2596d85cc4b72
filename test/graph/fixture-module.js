export const double = (x) => x * 2;
export default (x) => x + 1;
export const notAFunction = 3;
