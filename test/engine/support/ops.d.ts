import { type Op } from '../../../src/engine/op.js';
/** Operations for tests of the engine. */
export declare const testOps: Readonly<Record<string, () => Promise<Op>>>;
