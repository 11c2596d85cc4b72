import { bucketName, clusterName, instanceType, network, regionOf } from '../names.js';

/** What a cluster on AWS is to be: all that `up` was told, remembered for `status` and `down`. */
export interface AwsCluster {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly account: string;
  /** Where kops keeps its state. */
  readonly bucket: string;
  readonly nodes: number;
  readonly nodeSize: string;
  readonly controlPlaneSize: string;
  /** Gigabytes of each machine's disk. */
  readonly volumeSize: number;
  /** Who may reach the cluster's API, which asks for certificates; undefined: everybody. */
  readonly adminAccess?: string;
}

/** kops' own are 64 and 128 GB: at a few small nodes that costs more than the nodes. */
export const VOLUME_GB = 20;

/** @throws TypeError naming what is of no use */
export function checkCluster(cluster: AwsCluster): AwsCluster {
  clusterName(cluster.name);
  bucketName(cluster.bucket);
  regionOf(cluster.zones);
  for (const type of [cluster.nodeSize, cluster.controlPlaneSize]) instanceType(type);
  if (/\.(nano|micro|small)$/.test(cluster.controlPlaneSize))
    throw new TypeError(
      `--control-plane-size ${cluster.controlPlaneSize}: with less than 4 GiB the cluster never becomes ready; take t3.medium`,
    );
  if (cluster.adminAccess !== undefined) network(cluster.adminAccess);
  return cluster;
}

/** The bucket that is taken where none is named: there is one such name in the world. */
export const usualBucket = (account: string, region: string): string => `tilework-kops-${account}-${region}`;
