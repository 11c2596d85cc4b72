import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { anywhere, down, type Target } from '../k8s/index.js';
import type { Step } from '../step.js';
import type { AwsCluster } from './cluster.js';
import { credentials, getCluster, kops, NO_CLUSTER } from './kops.js';
import { type Leftover, leftovers, removal } from './leftovers.js';
import { removeBucket } from './purge.js';
import { forget } from './state.js';

export interface AwsDownOptions {
  readonly cluster: Pick<AwsCluster, 'name' | 'region' | 'bucket' | 'account'>;
  readonly target: Omit<Target, 'context'>;
  /** Has the user type a name. @throws DeployError where it is another, or nobody is there to ask */
  readonly confirm: (question: string, name: string) => Promise<void>;
  /** Whether the bucket goes too. */
  readonly bucket: boolean;
}

/** Removes all that `up` made, in the order in which nothing is left that would keep the next from going or would go on costing money. */
export async function awsDown(
  executor: Executor,
  { cluster, target, confirm, bucket }: AwsDownOptions,
): Promise<void> {
  const { name } = cluster;
  const exists = (await executor.query(getCluster(cluster), NO_CLUSTER)) !== undefined;
  executor.say('── what will be deleted');
  if (exists) await preview(executor, cluster);
  else executor.say('   kops knows no such cluster');
  const before = await leftovers(executor, cluster);
  for (const { what, id } of before) executor.say(`   ${what} ${id}`);
  if (bucket) executor.say(`   bucket ${cluster.bucket}, with all versions of what is in it`);
  if (!executor.dryRun) await confirm(`All of ${name} is going to be deleted, for good.`, name);
  if (exists) {
    await emptyCluster(executor, { ...target, context: name }, cluster);
    await executor.execute([remove(cluster)]);
  }
  // In a dry run, and where kops has nothing to delete, all is as it was.
  await sweep(executor, cluster, exists && !executor.dryRun ? await leftovers(executor, cluster) : before);
  if (bucket) await removeBucket(executor, cluster, name);
  if (!executor.dryRun) forget(name);
  if (!bucket) executor.say(`The bucket ${cluster.bucket} stays; --with-bucket removes it too.`);
}

const remove = (cluster: AwsDownOptions['cluster']): Step => ({
  title: `cluster ${cluster.name} is deleted`,
  command: kops(cluster, 'delete', 'cluster', '--yes'),
  progress: (line) => line,
});

/** What kops would delete. */
async function preview(executor: Executor, cluster: AwsDownOptions['cluster']): Promise<void> {
  const command = kops(cluster, 'delete', 'cluster');
  const answer = await executor.ask(command);
  if (answer.code !== 0)
    throw new DeployError(`kops cannot say what it would delete: ${answer.stderr.trim()}`);
  for (const line of answer.stdout.trim().split('\n')) executor.say(`   ${line}`);
}

/** Services and disks of the whole cluster that Amazon has made for it: left to themselves they outlive it, and keep its network from being deleted. */
async function emptyCluster(
  executor: Executor,
  target: Target,
  cluster: AwsDownOptions['cluster'],
): Promise<void> {
  try {
    await executor.execute([credentials(cluster)]);
  } catch (error) {
    // It was never brought up as far as that.
    if (!(error instanceof DeployError) || executor.signal.aborted) throw error;
    executor.say(
      '   warning: there are no credentials for it; what it made outside is looked for afterwards',
    );
    return;
  }
  if (executor.dryRun) return;
  const ready = await executor.ask(anywhere(target, 'get', '--raw', '/readyz', '--request-timeout=20s'));
  if (ready.code !== 0) {
    executor.say('   warning: the cluster does not answer; what it made outside is looked for afterwards');
    return;
  }
  await down(executor, target);
  const { items: services } = (await executor.query(
    anywhere(target, ...['get', 'services', '--all-namespaces', '--output', 'json']),
  )) as { items: readonly { metadata: Name; spec: { type?: string } }[] };
  const balanced = services.filter(({ spec }) => spec.type === 'LoadBalancer');
  const { items: claims } = (await executor.query(
    anywhere(target, ...['get', 'persistentvolumeclaims', '--all-namespaces', '--output', 'json']),
  )) as { items: readonly { metadata: Name }[] };
  await executor.execute([
    ...balanced.map(({ metadata }) => deletion(target, 'service', metadata)),
    ...claims.map(({ metadata }) => deletion(target, 'persistentvolumeclaim', metadata)),
  ]);
}

interface Name {
  readonly name: string;
  readonly namespace: string;
}

const deletion = (target: Target, kind: string, { name, namespace }: Name): Step => ({
  title: `${kind} ${name} in ${namespace} is gone`,
  command: anywhere(
    target,
    ...['delete', kind, name, '--namespace', namespace, '--ignore-not-found', '--wait', '--timeout', '10m'],
  ),
});

/** Removes what outlived the cluster, and looks again. @throws DeployError for what stays */
async function sweep(
  executor: Executor,
  cluster: AwsDownOptions['cluster'],
  found: readonly Leftover[],
): Promise<void> {
  const removable = (one: Leftover): one is Leftover & { readonly remove: NonNullable<Leftover['remove']> } =>
    one.remove !== undefined;
  if (executor.dryRun) {
    if (found.length > 0) executor.say('── what kops leaves of these is removed');
    return;
  }
  await executor.execute(found.filter(removable).map(removal));
  const left = found.length === 0 ? [] : await leftovers(executor, cluster);
  if (left.length > 0)
    throw new DeployError(
      `these are in use, and go on costing money: ${left.map(({ what, id }) => `${what} ${id}`).join(', ')}. When what uses them is gone: tilework aws down ${cluster.name}`,
    );
  executor.say('   nothing with its tags is left that costs money: load balancers, disks, addresses');
}
