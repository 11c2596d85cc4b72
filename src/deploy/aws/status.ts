import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { report, type Target } from '../k8s/index.js';
import type { AwsCluster } from './cluster.js';
import { costOf } from './cost.js';
import { inventory } from './inventory.js';
import { getCluster, kops, NO_CLUSTER } from './kops.js';
import { PRICES_ARE, type Prices } from './prices.js';

/** What there is of a cluster, what it costs, and its release. */
export async function awsStatus(
  executor: Executor,
  cluster: Pick<AwsCluster, 'name' | 'region' | 'bucket'>,
  prices: Prices,
  target: Omit<Target, 'context'>,
): Promise<void> {
  const exists = (await executor.query(getCluster(cluster), NO_CLUSTER)) !== undefined;
  executor.say(`cluster ${cluster.name} in ${cluster.region}, its state in ${cluster.bucket}`);
  if (!exists) executor.say('   kops knows no such cluster');
  executor.say('what it has, and costs');
  const cost = costOf(await inventory(executor, cluster), prices);
  for (const line of cost.lines) executor.say(`   ${line}`);
  executor.say(`   ${PRICES_ARE}`);
  if (!exists) return;
  const validation = await executor.ask(kops(cluster, 'validate', 'cluster', '--output', 'json'));
  executor.say(
    `nodes: ${validation.code === 0 ? 'all are ready' : `not ready: ${lastOf(validation.stderr)}`}`,
  );
  try {
    await report(executor, { ...target, context: cluster.name });
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    executor.say(error.message);
  }
}

const lastOf = (text: string): string | undefined => text.trim().split('\n').at(-1);
