import type { Command, Step } from '../step.js';
import type { AwsCluster } from './cluster.js';

/** A command of kops about a cluster. */
export const kops = (
  { name, bucket }: Pick<AwsCluster, 'name' | 'bucket'>,
  ...args: readonly string[]
): Command => ({
  program: 'kops',
  args: [...args, '--name', name, '--state', `s3://${bucket}`],
});

/** Words by which kops says that there is no such cluster, or not even its bucket. */
export const NO_CLUSTER = ['cluster not found', 'no clusters found', 'NoSuchBucket'];

/** Whether there is such a cluster in the bucket. */
export const getCluster = ({ name, bucket }: Pick<AwsCluster, 'name' | 'bucket'>): Command => ({
  program: 'kops',
  args: ['get', 'cluster', name, '--state', `s3://${bucket}`, '--output', 'json'],
});

/** From a bucket to a cluster whose nodes are ready. */
export function kopsSteps(cluster: AwsCluster): readonly Step[] {
  const { zones, nodes, nodeSize, controlPlaneSize, volumeSize, adminAccess } = cluster;
  return [
    {
      title: `cluster ${cluster.name} is described`,
      command: kops(
        cluster,
        ...['create', 'cluster', '--cloud', 'aws', '--zones', zones.join(',')],
        ...['--node-count', String(nodes), '--node-size', nodeSize, '--node-volume-size', String(volumeSize)],
        ...['--control-plane-count', '1', '--control-plane-zones', zones[0]!],
        ...['--control-plane-size', controlPlaneSize, '--control-plane-volume-size', String(volumeSize)],
        // Without DNS of its own: no zone is needed, and gossip goes away.
        ...['--dns', 'none'],
        ...(adminAccess === undefined ? [] : ['--admin-access', adminAccess]),
      ),
      check: { command: getCluster(cluster), absent: NO_CLUSTER },
      remedies: [
        [
          'already exists',
          `An earlier attempt left half a description. Remove it: kops delete cluster --name ${cluster.name} --state s3://${cluster.bucket} --yes`,
        ],
      ],
    },
    {
      title: 'machines, networks and load balancer are made, and credentials for 18 hours',
      command: kops(cluster, 'update', 'cluster', '--yes', '--admin'),
      progress: logLine,
    },
    {
      title: 'all nodes are ready; that takes some 5 to 10 minutes',
      command: kops(cluster, ...['validate', 'cluster', '--wait', '15m', '--count', '3', '--output', 'json']),
      progress: validation,
      remedies: [
        [
          'wait time exceeded',
          `Nodes that do not come: kops get instances --name ${cluster.name} --state s3://${cluster.bucket}, and the instance's system log in Amazon's console.`,
        ],
      ],
    },
  ];
}

/** New credentials: those that `update` writes last 18 hours. */
export const credentials = (cluster: Pick<AwsCluster, 'name' | 'bucket'>): Step => ({
  title: 'credentials for kubectl',
  command: kops(cluster, 'export', 'kubeconfig', '--admin'),
});

/** A line of kops' log without its head: level, time, thread and place. */
const logLine = (line: string): string | undefined => {
  const text = line.replace(/^[IWEF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] /, '').trim();
  return text === '' ? undefined : text;
};

interface Validation {
  readonly nodes?: readonly { readonly name: string; readonly status: string }[];
  readonly failures?: readonly { readonly kind?: string; readonly type?: string; readonly name: string }[];
}

/** How far validating is, each time that kops says it will try again: of the last of the results that it printed, with nothing between them. */
function validation(line: string, stdout: string): string | undefined {
  if (!line.includes('(will retry)')) return undefined;
  let last: Validation;
  try {
    last = JSON.parse(stdout.slice(stdout.lastIndexOf('}{') + 1));
  } catch {
    return logLine(line);
  }
  const { nodes = [], failures = [] } = last;
  const ready = nodes.filter(({ status }) => status === 'True').length;
  const waits = failures.map(({ type, kind, name }) => `${type ?? kind} ${name}`).slice(0, 3);
  const more = failures.length > 3 ? ` and ${failures.length - 3} more` : '';
  return `${ready} nodes ready${waits.length > 0 ? `; not yet: ${waits.join(', ')}${more}` : ''}`;
}
