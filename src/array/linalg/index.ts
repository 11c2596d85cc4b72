/** Matrices factored, and equations solved, block by block. */

export { type CholeskyOptions, cholesky } from './cholesky.js';
export { type CompressedOptions, svdCompressed } from './compressed.js';
export { type LstsqOptions, lstsq } from './lstsq.js';
export { lu } from './lu.js';
export { type NormOptions, norm } from './norm.js';
export { qr } from './qr.js';
export { inv, type SolveOptions, solve, solveTriangular, type TriangularOptions } from './solve.js';
export { type Svd, svd } from './svd.js';
