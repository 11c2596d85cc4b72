/** The tests of frames in partitions, whose partitions two workers of a cluster compute: answers are those of one fragment in this process. */
import { describe } from 'vitest';
import { computePartitionsBy } from '../../frame/partitions/compare.js';
import { describeWithDask } from '../support/scheduler.js';
import { clusterOf } from './cluster.js';

await describeWithDask('on a cluster', (dask) => {
  const world = clusterOf(dask, 2);
  computePartitionsBy(() => world.engine);
  describe('operators', () => import('../../frame/partitions.test.js').then(nothing));
  describe('functions', () => import('../../frame/partitions-functions.test.js').then(nothing));
  describe('ranges', () => import('../../frame/partitions-ranges.test.js').then(nothing));
  describe('writers', () => import('../../frame/partitions-writers.test.js').then(nothing));
  describe('results', () => import('../../frame/partitions-results.test.js').then(nothing));
});

/** Their tests are those of the suite that is being described. */
const nothing = (): void => {};
