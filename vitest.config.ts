import { defineConfig } from 'vitest/config';

/** Tests of what keeps no state: a process loads the sources once for all of them that it runs, which takes longer than most of them. */
const STATELESS = [
  'test/{graph,io,kernels,array,frame,delayed,watch}/**/*.test.ts',
  'test/cluster/wire/**/*.test.ts',
];
/** Tests that want what `npm run test:kubernetes` gives them. */
const ELSEWHERE = process.env.TILEWORK_KUBERNETES ? [] : ['test/kubernetes/server/**'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each step there takes up where the one before it ended.
    bail: process.env.TILEWORK_KUBERNETES ? 1 : 0,
    pool: 'forks',
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: { name: 'stateless', include: STATELESS, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...STATELESS, ...ELSEWHERE],
        },
      },
    ],
  },
});
