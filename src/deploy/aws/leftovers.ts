import type { Executor } from '../executor.js';
import type { Command, Step } from '../step.js';
import type { AwsCluster } from './cluster.js';
import { aws } from './command.js';

type Where = Pick<AwsCluster, 'name' | 'region'>;

/** Something of a cluster that goes on costing money when the cluster is gone. */
export interface Leftover {
  readonly what: 'load balancer' | 'disk' | 'address';
  readonly id: string;
  /** Of a disk, in GB. */
  readonly size?: number;
  /** What removes it; undefined where it is in use, and somebody has to look. */
  readonly remove?: Command;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Whether tags say that something is the cluster's own. What is shared with it is somebody else's. */
export function belongs(tags: readonly Tag[], name: string): boolean {
  const value = (key: string): string | undefined => tags.find(({ Key }) => Key === key)?.Value;
  const shared = value(`kubernetes.io/cluster/${name}`);
  return shared === 'owned' || (shared === undefined && value('KubernetesCluster') === name);
}

/** Load balancers whose tags are told at once. */
const TAGGED_AT_ONCE = 20;

/** All that the tags of a cluster are on and that costs by the hour, but machines: kops ends those. */
export async function leftovers(executor: Executor, where: Where): Promise<readonly Leftover[]> {
  const found = await Promise.all([
    classic(executor, where),
    modern(executor, where),
    volumes(executor, where),
    addresses(executor, where),
  ]);
  return found.flat();
}

export const removal = ({ what, id, remove }: Leftover & { readonly remove: Command }): Step => ({
  title: `${what} ${id}, left over, is removed`,
  command: remove,
});

async function classic(executor: Executor, { name, region }: Where): Promise<readonly Leftover[]> {
  const { LoadBalancerDescriptions: all } = (await executor.query(
    aws(region, 'elb', 'describe-load-balancers'),
  )) as {
    LoadBalancerDescriptions: readonly { LoadBalancerName: string }[];
  };
  const ids = await tagged(
    executor,
    all.map(({ LoadBalancerName }) => LoadBalancerName),
    (some) => aws(region, 'elb', 'describe-tags', '--load-balancer-names', ...some),
    ({ LoadBalancerName }) => LoadBalancerName!,
    name,
  );
  return ids.map((id) => ({
    what: 'load balancer' as const,
    id,
    remove: aws(region, 'elb', 'delete-load-balancer', '--load-balancer-name', id),
  }));
}

async function modern(executor: Executor, { name, region }: Where): Promise<readonly Leftover[]> {
  const { LoadBalancers: all } = (await executor.query(aws(region, 'elbv2', 'describe-load-balancers'))) as {
    LoadBalancers: readonly { LoadBalancerArn: string }[];
  };
  const ids = await tagged(
    executor,
    all.map(({ LoadBalancerArn }) => LoadBalancerArn),
    (some) => aws(region, 'elbv2', 'describe-tags', '--resource-arns', ...some),
    ({ ResourceArn }) => ResourceArn!,
    name,
  );
  return ids.map((id) => ({
    what: 'load balancer' as const,
    id,
    remove: aws(region, 'elbv2', 'delete-load-balancer', '--load-balancer-arn', id),
  }));
}

interface Description {
  readonly Tags: readonly Tag[];
  readonly LoadBalancerName?: string;
  readonly ResourceArn?: string;
}

/** Which of these have the cluster's tags. */
async function tagged(
  executor: Executor,
  ids: readonly string[],
  tagsOf: (some: readonly string[]) => Command,
  idOf: (description: Description) => string,
  name: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let from = 0; from < ids.length; from += TAGGED_AT_ONCE) {
    const { TagDescriptions } = (await executor.query(tagsOf(ids.slice(from, from + TAGGED_AT_ONCE)))) as {
      TagDescriptions: readonly Description[];
    };
    found.push(...TagDescriptions.filter(({ Tags }) => belongs(Tags, name)).map(idOf));
  }
  return found;
}

/** What has one of the tags; whether it is the cluster's own their values say. */
const filters = (name: string): readonly string[] => [
  '--filters',
  `Name=tag-key,Values=kubernetes.io/cluster/${name},KubernetesCluster`,
];

async function volumes(executor: Executor, { name, region }: Where): Promise<readonly Leftover[]> {
  const { Volumes } = (await executor.query(aws(region, 'ec2', 'describe-volumes', ...filters(name)))) as {
    Volumes: readonly { VolumeId: string; State: string; Size: number; Tags: readonly Tag[] }[];
  };
  return Volumes.filter(({ Tags }) => belongs(Tags, name)).map(({ VolumeId: id, State, Size }) => ({
    what: 'disk' as const,
    id,
    size: Size,
    ...(State === 'available' && { remove: aws(region, 'ec2', 'delete-volume', '--volume-id', id) }),
  }));
}

async function addresses(executor: Executor, { name, region }: Where): Promise<readonly Leftover[]> {
  const { Addresses } = (await executor.query(
    aws(region, 'ec2', 'describe-addresses', ...filters(name)),
  )) as {
    Addresses: readonly { AllocationId: string; AssociationId?: string; Tags: readonly Tag[] }[];
  };
  return Addresses.filter(({ Tags }) => belongs(Tags, name)).map(({ AllocationId: id, AssociationId }) => ({
    what: 'address' as const,
    id,
    ...(!AssociationId && { remove: aws(region, 'ec2', 'release-address', '--allocation-id', id) }),
  }));
}
