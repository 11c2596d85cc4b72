/** The instructions of WebAssembly, by type: each makes code of the code of what it takes. */
export { f32, f64, i32, i64, memory } from './numbers.js';
export { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, v128 } from './vectors.js';
