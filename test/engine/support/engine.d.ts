import { LocalEngine, type LocalEngineOptions } from '../../../src/engine/index.js';
/** The compiled entry of threads that know the operations of tests. */
export declare const entry: import('url').URL;
/** An engine with the operations of tests, disposed of after the test. */
export declare function makeEngine(options?: LocalEngineOptions): LocalEngine;
