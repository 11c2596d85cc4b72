/** A Jupyter kernel for TypeScript: installed, removed, and run. */
export { runKernel } from './run.js';
export { installKernel, removeKernel, type Where } from './spec.js';
