import { packageFile } from '../../cluster/local/index.js';

export type ChartName = 'tilework' | 'dask';

/** How many workers a release is to have; undefined: as many as there are, of a new one the chart's own number. */
export interface Workers {
  readonly node?: number;
  readonly python?: number;
}

export interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What is different between the charts. */
export interface Chart {
  /** Arguments of helm that name it. */
  readonly args: readonly string[];
  /** Arguments of helm for so many workers. */
  readonly values: (workers: Workers) => readonly string[];
  /** Label by which objects of a release are found. */
  readonly label: string;
  /** Label that says which part of a release an object is of: scheduler, worker or jupyter. */
  readonly component: string;
  /** The group of workers that a Deployment is. */
  readonly groupOf: (metadata: Metadata, release: string) => string;
}

/** Of Dask's own chart, the version for which deploy/official was written. */
const DASK_REPOSITORY = 'https://helm.dask.org';

const set = (values: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : ['--set', `${name}=${value}`],
  );

const official = (file: string): readonly string[] => [
  '--values',
  packageFile(`deploy/official/dask-chart/${file}.yaml`),
];

export const CHARTS: Readonly<Record<ChartName, () => Chart>> = {
  tilework: () => ({
    args: [packageFile('deploy/chart/Chart.yaml').replace(/\/Chart\.yaml$/, '')],
    values: ({ node, python }) =>
      set({
        'workers.node.replicas': node,
        'python.enabled': python === undefined ? undefined : python > 0,
        'python.workers.replicas': python === 0 ? undefined : python,
      }),
    label: 'app.kubernetes.io/instance',
    component: 'app.kubernetes.io/component',
    groupOf: ({ labels }) => labels?.['tilework/worker-group'] ?? '',
  }),
  dask: () => ({
    args: ['dask', '--repo', DASK_REPOSITORY],
    // Without Node workers it is Dask's chart as it comes, whose workers are Python's.
    values: ({ node, python }) =>
      node === 0
        ? set({ 'worker.replicas': python })
        : [
            ...official('values'),
            ...official('scheduler'),
            ...set({ 'worker.replicas': node }),
            ...(python
              ? [...official('python'), ...set({ 'additional_worker_groups[0].replicas': python })]
              : []),
          ],
    label: 'release',
    component: 'component',
    // It has no label for that.
    groupOf: ({ name }, release) => {
      const group = name.replace(`${release}-`, '').replace(/^dask-/, '');
      return group === 'worker' ? 'node' : group;
    },
  }),
};
