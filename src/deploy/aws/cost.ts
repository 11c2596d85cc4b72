import type { AwsCluster } from './cluster.js';
import type { Prices } from './prices.js';

/** What there is of a cluster that costs money by the hour. */
export interface Inventory {
  readonly instances: readonly string[];
  /** Gigabytes of all disks. */
  readonly disk: number;
  readonly loadBalancers: number;
  readonly addresses: number;
}

export interface Cost {
  readonly lines: readonly string[];
  /** Dollars an hour of what has a price. */
  readonly hourly: number;
}

const HOURS_OF_A_MONTH = 730;
/** kops gives a control plane two disks for etcd beside its own. */
const ETCD_GB = 2 * 20;

/** What a cluster will consist of: one load balancer before its API, an address for each machine and the balancer. */
export const planned = (cluster: AwsCluster): Inventory => ({
  instances: [cluster.controlPlaneSize, ...Array<string>(cluster.nodes).fill(cluster.nodeSize)],
  disk: (cluster.nodes + 1) * cluster.volumeSize + ETCD_GB,
  loadBalancers: 1,
  addresses: cluster.nodes + 1 + cluster.zones.length,
});

/** What an hour of it costs, part by part. */
export function costOf(inventory: Inventory, prices: Prices): Cost {
  let hourly = 0;
  const lines: string[] = [];
  const add = (count: number, what: string, price: number | undefined): void => {
    if (count === 0) return;
    if (price === undefined) lines.push(`${row(count, what)}unknown price`);
    else {
      hourly += count * price;
      lines.push(`${row(count, what)}$${(count * price).toFixed(4)} an hour`);
    }
  };
  for (const type of [...new Set(inventory.instances)].sort()) {
    const price = Object.hasOwn(prices.instances, type) ? prices.instances[type] : undefined;
    add(inventory.instances.filter((other) => other === type).length, type, price);
  }
  add(inventory.disk, 'GB of disk', prices.diskMonth / HOURS_OF_A_MONTH);
  add(inventory.loadBalancers, 'load balancer', prices.loadBalancer);
  add(inventory.addresses, 'public IPv4 address', prices.address);
  lines.push(`together $${hourly.toFixed(2)} an hour, $${(hourly * HOURS_OF_A_MONTH).toFixed(0)} a month`);
  return { lines, hourly };
}

const row = (count: number, what: string): string => `${String(count).padStart(4)} ${what.padEnd(20)} `;
