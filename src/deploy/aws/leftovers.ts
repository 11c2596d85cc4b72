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

/** All that the tags of a cluster are on and that costs by the hour, but machines: kops ends those. */
export async function leftovers(executor: Executor, where: Where): Promise<readonly Leftover[]> {
  const found = await Promise.all([
    balancers(executor, where, CLASSIC),
    balancers(executor, where, MODERN),
    volumes(executor, where),
    addresses(executor, where),
  ]);
  return found.flat();
}

export const removal = ({ what, id, remove }: Leftover & { readonly remove: Command }): Step => ({
  title: `${what} ${id}, left over, is removed`,
  command: remove,
});

/** A generation of load balancers: what aws calls them, and how it is asked for their tags. */
interface Generation {
  readonly service: string;
  readonly list: string;
  readonly id: string;
  /** What is said of one's tags names it so. */
  readonly tagsOf: string;
  readonly some: string;
  readonly one: string;
}

const CLASSIC: Generation = {
  service: 'elb',
  list: 'LoadBalancerDescriptions',
  id: 'LoadBalancerName',
  tagsOf: 'LoadBalancerName',
  some: '--load-balancer-names',
  one: '--load-balancer-name',
};

const MODERN: Generation = {
  service: 'elbv2',
  list: 'LoadBalancers',
  id: 'LoadBalancerArn',
  tagsOf: 'ResourceArn',
  some: '--resource-arns',
  one: '--load-balancer-arn',
};

/** Load balancers whose tags are told at once. */
const TAGGED_AT_ONCE = 20;

async function balancers(
  executor: Executor,
  { name, region }: Where,
  { service, list, id, tagsOf, some, one }: Generation,
): Promise<readonly Leftover[]> {
  const all = (await executor.query(aws(region, service, 'describe-load-balancers'))) as {
    readonly [list: string]: readonly { readonly [id: string]: string }[];
  };
  const ids = all[list]!.map((balancer) => balancer[id]!);
  const found: string[] = [];
  for (let from = 0; from < ids.length; from += TAGGED_AT_ONCE) {
    const { TagDescriptions } = (await executor.query(
      aws(region, service, 'describe-tags', some, ...ids.slice(from, from + TAGGED_AT_ONCE)),
    )) as {
      TagDescriptions: readonly ({ readonly Tags: readonly Tag[] } & Readonly<Record<string, string>>)[];
    };
    for (const description of TagDescriptions)
      if (belongs(description.Tags, name)) found.push(description[tagsOf]!);
  }
  return found.map((id) => ({
    what: 'load balancer',
    id,
    remove: aws(region, service, 'delete-load-balancer', one, id),
  }));
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
