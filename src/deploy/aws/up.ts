import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { install, installed, type UpOptions } from '../k8s/index.js';
import { clusterName, regionOf } from '../names.js';
import { checkTools } from '../preflight.js';
import { bucketSteps } from './bucket.js';
import { type AwsCluster, checkCluster, usualBucket, VOLUME_GB } from './cluster.js';
import { costOf, planned } from './cost.js';
import { kopsSteps } from './kops.js';
import { accountOf, checkNew, checkPlaces } from './preflight.js';
import { PRICES_ARE, type Prices } from './prices.js';
import { remember, remembered } from './state.js';

/** What a user says of a cluster; what is left out is as it was said before, or usual. */
export interface Wish {
  readonly name: string;
  readonly zones?: readonly string[];
  readonly bucket?: string;
  readonly nodes?: number;
  readonly nodeSize?: string;
  readonly controlPlaneSize?: string;
  readonly volumeSize?: number;
  readonly adminAccess?: string;
}

const USUAL = { nodes: 2, nodeSize: 't3.large', controlPlaneSize: 't3.medium', volumeSize: VOLUME_GB };

export interface AwsUpOptions {
  readonly wish: Wish;
  readonly prices: Prices;
  /** Asks the user. @throws DeployError where there is nobody to ask */
  readonly confirm: (question: string) => Promise<boolean>;
  /** What is installed on the cluster. */
  readonly release: Omit<UpOptions, 'context'>;
}

/** From credentials to a notebook: bucket, cluster, chart. What an earlier attempt did is found done. */
export async function awsUp(
  executor: Executor,
  { wish, prices, confirm, release }: AwsUpOptions,
): Promise<void> {
  const before = remembered(clusterName(wish.name));
  const zones = wish.zones ?? before?.zones;
  if (zones === undefined) throw new TypeError('--zones is missing, such as --zones us-east-1a');
  const region = regionOf(zones);

  executor.say('── tools, account and places');
  await checkTools(executor, ['aws', 'kops', 'helm', 'kubectl']);
  const account = await accountOf(executor, region);
  const cluster = clusterOf(wish, before, { zones, region, account });
  await checkPlaces(executor, cluster);
  if (before === undefined) await checkNew(executor, cluster);
  if (cluster.adminAccess === undefined)
    executor.say(
      "   warning: the cluster's API, which asks for certificates, can be reached from everywhere; --admin-access my-ip lets in this machine only",
    );

  executor.say('── what it costs');
  for (const line of costOf(planned(cluster), prices).lines) executor.say(`   ${line}`);
  executor.say(`   ${PRICES_ARE}`);
  if (!executor.dryRun && !(await confirm(`Make ${cluster.name} in account ${account}?`)))
    throw new DeployError('nothing was made');

  if (!executor.dryRun) remember(cluster);
  await executor.execute([...bucketSteps(cluster), ...kopsSteps(cluster)]);
  const options = { ...release, context: cluster.name };
  // In a dry run there may be no cluster to ask.
  await install(executor, options, executor.dryRun ? undefined : await installed(executor, options));
  executor.say(`To have all of it removed: tilework aws down ${cluster.name}`);
}

/** @throws DeployError where it is not what was begun, TypeError for what is of no use */
export function clusterOf(
  wish: Wish,
  before: AwsCluster | undefined,
  place: Pick<AwsCluster, 'zones' | 'region' | 'account'>,
): AwsCluster {
  const said = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
  const usual = { ...USUAL, bucket: usualBucket(place.account, place.region) };
  const cluster = checkCluster({ ...usual, ...before, ...said, ...place } as AwsCluster);
  if (before === undefined) return cluster;
  const different = (Object.keys(cluster) as (keyof AwsCluster)[]).filter(
    (key) => JSON.stringify(cluster[key]) !== JSON.stringify(before[key]),
  );
  if (different.length === 0) return cluster;
  throw new DeployError(
    `${cluster.name} was begun with ${different.map((key) => `${key} ${before[key] ?? 'unset'}`).join(', ')}: leave that as it was, or tilework aws down ${cluster.name} first`,
  );
}
