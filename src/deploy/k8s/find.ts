import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { CHARTS, type Chart, type ChartName } from './charts.js';
import { type List, type Release, releaseOf } from './release.js';
import { helm, kubectl, type Target } from './target.js';

/** What helm knows of a release. */
export interface Installed {
  readonly name: ChartName;
  readonly chart: Chart;
  readonly version: string;
  readonly revision: number;
  /** `deployed`, or what else helm says. */
  readonly status: string;
}

/** The release as helm knows it; undefined where there is none. @throws DeployError where it is of another chart */
export async function installed(executor: Executor, target: Target): Promise<Installed | undefined> {
  const said = (await executor.query(helm(target, 'get', 'metadata', target.release, '--output', 'json'), [
    'release: not found',
  ])) as { chart: string; version: string; revision: number; status: string } | undefined;
  if (said === undefined) return undefined;
  const { chart, version, revision, status } = said;
  if (chart !== 'tilework' && chart !== 'dask')
    throw new DeployError(
      `the release ${target.release} in ${target.namespace} is of a chart ${chart}: name another by --release`,
    );
  return { name: chart, chart: CHARTS[chart](), version, revision, status };
}

/** @throws DeployError where there is no such release */
export async function mustBeInstalled(executor: Executor, target: Target): Promise<Installed> {
  const found = await installed(executor, target);
  if (found !== undefined) return found;
  throw new DeployError(
    `there is no release ${target.release} in the namespace ${target.namespace}: tilework k8s up, or say --release, --namespace, --context`,
  );
}

/** The objects of a release. */
export async function objects(executor: Executor, target: Target, chart: Chart): Promise<Release> {
  const list = await executor.query(
    kubectl(
      target,
      ...['get', 'deployments,services,pods', '--selector', `${chart.label}=${target.release}`],
      ...['--output', 'json'],
    ),
  );
  return releaseOf(list as List, chart, target.release);
}
