import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { checkTools } from '../preflight.js';
import type { Step } from '../step.js';
import { CHARTS, type ChartName, type Workers } from './charts.js';
import { type Installed, installed, objects } from './find.js';
import type { Release } from './release.js';
import { report } from './status.js';
import { anywhere, checkTarget, helm, kubectl, type Target } from './target.js';

export interface UpOptions extends Target {
  readonly chart: ChartName;
  readonly workers: Workers;
  /** Files of values, and single ones, as helm takes them. */
  readonly values: readonly string[];
  readonly set: readonly string[];
  /** As helm writes durations. */
  readonly timeout: string;
}

/** Installs a chart or brings its release up to date, waits until all of it runs, and says how to use it. */
export async function up(executor: Executor, options: UpOptions): Promise<void> {
  checkTarget(options);
  executor.say('── tools and cluster');
  await checkTools(executor, ['helm', 'kubectl']);
  await checkCluster(executor, options);
  await install(executor, options, await installed(executor, options));
}

/** `up`, where tools and cluster are known to be there, and what is installed of the release. */
export async function install(
  executor: Executor,
  options: UpOptions,
  before: Installed | undefined,
): Promise<void> {
  if (before !== undefined && before.name !== options.chart)
    throw new DeployError(
      `the release ${options.release} is of the chart ${before.name}: tilework k8s down, or another --release`,
    );
  const present = before && (await objects(executor, options, before.chart));
  try {
    await executor.execute([installStep(options, present)]);
  } catch (error) {
    if (error instanceof DeployError && !executor.signal.aborted) await sayTroubles(executor, options);
    throw error;
  }
  if (executor.dryRun) return;
  await report(executor, options);
}

/** The one command of helm. Workers that were scaled since stay as many as they are, unless a number is given. */
function installStep(options: UpOptions, present?: Release): Step {
  const { release, chart, workers, values, set, timeout } = options;
  const { args, values: valuesOf } = CHARTS[chart]();
  const scaled = (group: string): number | undefined =>
    present?.parts.find((part) => part.component === 'worker' && part.group === group)?.wanted;
  const node = workers.node ?? scaled('node');
  const python = workers.python ?? scaled('python');
  return {
    title: `the chart ${chart} as release ${release} in ${options.namespace}; waits until its pods run`,
    command: helm(
      options,
      ...['upgrade', '--install', release, ...args, '--create-namespace', '--reset-then-reuse-values'],
      ...valuesOf({ ...(node !== undefined && { node }), ...(python !== undefined && { python }) }),
      ...values.flatMap((file) => ['--values', file]),
      ...set.flatMap((one) => ['--set', one]),
      ...['--wait', '--timeout', timeout],
    ),
    remedies: [
      [
        'another operation',
        `Another helm is at work on ${release}, or one was cut short. In that case: helm history ${release} --namespace ${options.namespace}, then helm rollback, or tilework k8s down where nothing ever ran.`,
      ],
    ],
  };
}

async function sayTroubles(executor: Executor, target: UpOptions): Promise<void> {
  const { troubles } = await objects(executor, target, CHARTS[target.chart]()).catch(() => ({
    troubles: [],
  }));
  for (const trouble of troubles) executor.say(`   ${trouble}`);
}

/** What the chart needs. */
const LEAST_MINOR = 27;

async function checkCluster(executor: Executor, target: Target): Promise<void> {
  const answer = await executor.ask(anywhere(target, 'version', '--output', 'json'));
  if (answer.code !== 0)
    throw new DeployError(
      `no cluster answers${target.context === undefined ? '' : ` at the context ${target.context}`}: kubectl config get-contexts lists those there are (${answer.stderr.trim().split('\n').at(-1)})`,
    );
  const { serverVersion } = JSON.parse(answer.stdout) as {
    serverVersion?: { major: string; minor: string; gitVersion: string };
  };
  if (serverVersion === undefined) throw new DeployError('the cluster does not say its version');
  const { major, minor, gitVersion } = serverVersion;
  if (Number(major) === 1 && Number.parseInt(minor, 10) < LEAST_MINOR)
    throw new DeployError(`the cluster is of Kubernetes ${gitVersion}; 1.${LEAST_MINOR} or later is needed`);
  const may = await executor.ask(kubectl(target, 'auth', 'can-i', 'create', 'deployments.apps'));
  if (may.code !== 0)
    throw new DeployError(
      `these credentials may not create Deployments in ${target.namespace}: ask who may, or take another --context (${(may.stderr || may.stdout).trim().split('\n').at(-1)})`,
    );
  executor.say(`   Kubernetes ${gitVersion}`);
}
