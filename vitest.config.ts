import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/sequence.mjs';
import { compiledSources } from './test/support/sources.mjs';

/** Tests of what keeps no state: a process loads the sources once for all of them that it runs, which takes longer than most of them. */
const STATELESS = [
  'test/{graph,io,kernels,array,bag,frame,delayed,watch}/**/*.test.ts',
  'test/cluster/wire/**/*.test.ts',
  'test/cluster/{restarts,client/book,local/adapt,local/arguments,worker/state,worker/state-model}.test.ts',
  'test/engine/{memory,state,state-model}.test.ts',
  'test/kubernetes/{branches,generated,notes,objects,render,secrets,values}.test.ts',
  'test/architecture.test.ts',
];
/** Tests that load a module again, put another in its place, or import sources by names they make: Vitest's own loader is for them. */
const RELOADING = [
  'test/kernels/{blas,factors,matmul}.test.ts',
  'test/cluster/modules.test.ts',
  'test/docs/examples.test.ts',
];
/** Tests that want what `npm run test:kubernetes` gives them. */
const ELSEWHERE = process.env.TILEWORK_KUBERNETES ? [] : ['test/kubernetes/server/**'];

/** Limits are for what hangs, not for what takes long on a busy machine. */
const OF_ALL = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    globalSetup: './test/support/sources.mjs',
    pool: 'forks',
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    // Each step there takes up where the one before it ended.
    bail: process.env.TILEWORK_KUBERNETES ? 1 : 0,
    projects: [
      {
        plugins: [compiledSources],
        test: { ...OF_ALL, name: 'stateless', include: STATELESS, exclude: RELOADING, isolate: false },
      },
      {
        plugins: [compiledSources],
        test: {
          ...OF_ALL,
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...STATELESS, ...RELOADING, ...ELSEWHERE],
        },
      },
      {
        test: { ...OF_ALL, name: 'reloading', include: RELOADING },
      },
    ],
  },
});
