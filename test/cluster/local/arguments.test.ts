import { expect, test } from 'vitest';
import { parseClusterArgs } from '../../../src/cli/cluster.js';

test('the options of tilework cluster', () => {
  expect(parseClusterArgs([])).toEqual({ options: { port: 8786 } });
  expect(
    parseClusterArgs([
      '--adapt',
      '1:4',
      '--memory-limit',
      '1GB',
      '--port',
      '0',
      '--dashboard-address',
      ':8787',
      '--install',
    ]),
  ).toEqual({
    options: { port: 0, workers: 1, memoryLimit: '1GB', dashboard: ':8787', install: true },
    adapt: { minimum: 1, maximum: 4 },
  });
  expect(parseClusterArgs(['--help'])).toBe('help');
});

test.each([
  [['--workers', 'two'], /--workers takes a whole number from 0, not "two"/],
  [['--threads-per-worker', '0'], /--threads-per-worker takes a whole number from 1/],
  [['--adapt', '4'], /--adapt takes MIN:MAX/],
  [['--adapt', '4:1'], /--adapt takes MIN:MAX/],
  [['--adapt', '1:4', '--workers', '2'], /either --workers or --adapt/],
  [['--wrokers', '2'], /Unknown option/],
])('%s is refused', (args, message) => {
  expect(() => parseClusterArgs(args)).toThrow(message);
});
