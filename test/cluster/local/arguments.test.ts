import { expect, test } from 'vitest';
import { parseClusterArgs } from '../../../src/cli/cluster.js';
import {
  CommError,
  configure,
  connect,
  LocalCluster,
  LocalClusterError,
  LocalEngine,
} from '../../../src/index.js';

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

test('options that there are not are refused, and the one that was meant is asked for', async () => {
  const wrong = (value: unknown): never => value as never;
  for (const [name, meant] of [
    ['nWorkers', 'workers'],
    ['n_workers', 'workers'],
    ['threads_per_worker', 'threadsPerWorker'],
    ['memory_limit', 'memoryLimit'],
  ])
    await expect(LocalCluster(wrong({ [name!]: 2 }))).rejects.toThrow(
      `LocalCluster: there is no option "${name}"; did you mean "${meant}"? there are workers, pythonWorkers,`,
    );
  await expect(LocalCluster(wrong(2))).rejects.toThrow('LocalCluster takes options by name, { workers,');
  const nowhere = 'tcp://127.0.0.1:1';
  await expect(connect(nowhere, wrong({ setAsDefault: false }))).rejects.toThrow(
    'connect: there is no option "setAsDefault"; did you mean "asDefault"? there are asDefault, name,',
  );
  await expect(connect(nowhere, wrong(5))).rejects.toThrow('connect takes options by name, { asDefault,');
  expect(() => new LocalEngine(wrong({ nthreads: 1 }))).toThrow('did you mean "threads"?');
  expect(() => configure(wrong({ memory_limit: '1GB' }))).toThrow('did you mean "memoryLimit"?');
});

test('errors of clusters are of classes that programs have', async () => {
  await expect(LocalCluster({ dask: '/nowhere/dask' })).rejects.toBeInstanceOf(LocalClusterError);
  await expect(connect('tcp://127.0.0.1:1', { timeout: 5_000 })).rejects.toBeInstanceOf(CommError);
});
