import type { Executor } from '../executor.js';
import type { AwsCluster } from './cluster.js';
import { aws } from './command.js';
import type { Inventory } from './cost.js';
import { type Leftover, leftovers } from './leftovers.js';

interface Instance {
  readonly InstanceType: string;
  readonly PublicIpAddress?: string;
}

/** What a cluster has now that costs by the hour, as Amazon says. */
export async function inventory(
  executor: Executor,
  { name, region }: Pick<AwsCluster, 'name' | 'region'>,
): Promise<Inventory> {
  const [described, others] = await Promise.all([
    executor.query(
      aws(
        region,
        ...['ec2', 'describe-instances', '--filters', `Name=tag:KubernetesCluster,Values=${name}`],
        'Name=instance-state-name,Values=pending,running',
      ),
    ),
    leftovers(executor, { name, region }),
  ]);
  const { Reservations } = described as { Reservations: readonly { Instances: readonly Instance[] }[] };
  const instances = Reservations.flatMap(({ Instances }) => Instances);
  const count = (what: Leftover['what']): number => others.filter((other) => other.what === what).length;
  return {
    instances: instances.map(({ InstanceType }) => InstanceType),
    disk: others.reduce((sum, { size = 0 }) => sum + size, 0),
    loadBalancers: count('load balancer'),
    addresses: count('address') + instances.filter(({ PublicIpAddress }) => PublicIpAddress).length,
  };
}
