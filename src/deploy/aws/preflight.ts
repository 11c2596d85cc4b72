import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { type AwsCluster, checkCluster } from './cluster.js';
import { aws } from './command.js';
import { getCluster, NO_CLUSTER } from './kops.js';

/** The account that the credentials are of. @throws DeployError where there are none */
export async function accountOf(executor: Executor, region: string): Promise<string> {
  const answer = await executor.ask(aws(region, 'sts', 'get-caller-identity'));
  if (answer.code !== 0)
    throw new DeployError(
      `no credentials for AWS: aws configure, aws sso login, or AWS_PROFILE (${answer.stderr.trim().split('\n').at(-1)})`,
    );
  const { Account, Arn } = JSON.parse(answer.stdout) as { Account: string; Arn: string };
  executor.say(`   account ${Account}, as ${Arn}`);
  return Account;
}

/** What the account's quota of vCPUs counts: instances on demand of the usual families. */
const QUOTA = 'L-1216C47A';

interface Offering {
  readonly InstanceType: string;
  readonly Location: string;
}

/** Whether zones, types and quota are there. Says what cannot be found out. @throws DeployError for what cannot work */
export async function checkPlaces(executor: Executor, cluster: AwsCluster): Promise<void> {
  const { region, zones, nodes, nodeSize, controlPlaneSize } = checkCluster(cluster);
  const types = [...new Set([nodeSize, controlPlaneSize])];
  const [available, offered, described, quota] = await Promise.all([
    executor.query(aws(region, 'ec2', 'describe-availability-zones')),
    executor.query(
      aws(
        region,
        ...['ec2', 'describe-instance-type-offerings', '--location-type', 'availability-zone'],
        ...['--filters', `Name=instance-type,Values=${types.join(',')}`],
      ),
    ),
    executor.query(aws(region, 'ec2', 'describe-instance-types', '--instance-types', ...types), [
      'InvalidInstanceType',
    ]),
    executor.ask(
      aws(region, ...['service-quotas', 'get-service-quota', '--service-code', 'ec2', '--quota-code', QUOTA]),
    ),
  ]);
  const names = (
    available as { AvailabilityZones: readonly { ZoneName: string; State: string }[] }
  ).AvailabilityZones.filter(({ State }) => State === 'available').map(({ ZoneName }) => ZoneName);
  const { InstanceTypeOfferings: offers } = offered as { InstanceTypeOfferings: readonly Offering[] };
  const missing = zones.filter((zone) => !names.includes(zone));
  if (missing.length > 0)
    throw new DeployError(
      `zone ${missing.join(', ')} is not to be had; in ${region} there are ${names.join(', ')}`,
    );
  for (const [type, where] of [
    [nodeSize, zones],
    [controlPlaneSize, zones.slice(0, 1)],
  ] as const)
    for (const zone of where)
      if (!offers.some(({ InstanceType, Location }) => InstanceType === type && Location === zone)) {
        const elsewhere = offers
          .filter(({ InstanceType }) => InstanceType === type)
          .map(({ Location }) => Location);
        throw new DeployError(
          `${type} is not offered in ${zone}; ${elsewhere.length > 0 ? `it is in ${elsewhere.sort().join(', ')}` : `in ${region} nowhere`}`,
        );
      }
  checkQuota(executor, cluster, described, quota.code === 0 ? quota.stdout : undefined);
  executor.say(`   ${types.join(' and ')} in ${zones.join(', ')}: ${nodes} nodes and a control plane`);
}

function checkQuota(
  executor: Executor,
  { nodes, nodeSize, controlPlaneSize }: AwsCluster,
  described: unknown,
  quota: string | undefined,
): void {
  const types = (
    described as
      | { InstanceTypes: readonly { InstanceType: string; VCpuInfo: { DefaultVCpus: number } }[] }
      | undefined
  )?.InstanceTypes;
  const vcpus = (type: string): number =>
    types?.find(({ InstanceType }) => InstanceType === type)?.VCpuInfo.DefaultVCpus ?? Number.NaN;
  const wanted = nodes * vcpus(nodeSize) + vcpus(controlPlaneSize);
  const most =
    quota === undefined ? undefined : (JSON.parse(quota) as { Quota: { Value: number } }).Quota.Value;
  if (most === undefined || Number.isNaN(wanted))
    executor.say('   warning: the quota of vCPUs cannot be read; a new account may have as few as 5');
  else if (wanted > most)
    throw new DeployError(
      `${wanted} vCPUs are needed, and the account's quota is ${most}: ask for more (Service Quotas, EC2, ${QUOTA}) or take fewer or smaller nodes`,
    );
}

/** @throws DeployError for a cluster of that name that this machine has not begun */
export async function checkNew(executor: Executor, cluster: AwsCluster): Promise<void> {
  const found = await executor.query(getCluster(cluster), NO_CLUSTER);
  if (found !== undefined)
    throw new DeployError(
      `there is a cluster ${cluster.name} in ${cluster.bucket} that was not begun here: for tilework on it, kops export kubeconfig --admin --name ${cluster.name} --state s3://${cluster.bucket}, then tilework k8s up --context ${cluster.name}`,
    );
}
