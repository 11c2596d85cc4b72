import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { KubernetesObject } from '../chart.js';
import type { Image } from '../container/index.js';
import type { Api, ControlPlane } from '../server/index.js';
import { forwardPorts } from './forward.js';
import { type Network, NODE_ADDRESS } from './network.js';
import { type Node, Pod } from './pod.js';
import { Services } from './services.js';

const NAME = 'loopback';
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${NAME}`;

/**
 * A node of a cluster, whose pods are processes of this machine, each with a file system and a network of its own. What is not done: limits
 * of memory and processor, network policies, volumes that outlive a pod, containers beside others in a pod.
 */
export class Kubelet {
  private readonly pods = new Map<string, Pod>();
  private readonly node: Node;
  private readonly server: Server;
  private readonly apis: readonly Api[];
  private readonly lease: NodeJS.Timeout;
  private readonly leaving = new Set<Promise<void>>();
  private error?: unknown;

  private constructor(plane: ControlPlane, network: Network, home: string, image: (name: string) => Image) {
    mkdirSync(home, { recursive: true });
    const api = plane.api('kubelet');
    const hosts = join(home, 'hosts');
    const failed = (error: unknown): void => {
      this.error ??= error;
    };
    this.apis = [api, plane.api('proxy')];
    // Names that are not among the hosts are nobody's: who asks for one does not wait for an answer.
    const resolver = join(home, 'resolv.conf');
    writeFileSync(resolver, '');
    this.node = {
      api,
      network,
      image,
      home,
      names: { '/etc/hosts': hosts, '/etc/resolv.conf': resolver },
      failed,
    };
    this.server = createServer(plane.certificate, (request, response) => {
      const [, kind, namespace, name] = new URL(request.url!, 'https://node').pathname.split('/');
      const pod = kind === 'containerLogs' && this.pods.get(`${namespace}/${name}`);
      response.writeHead(pod ? 200 : 404).end(pod ? pod.log : 'nothing');
    });
    this.server.on('upgrade', (request, socket, head) => {
      socket.unshift(head);
      const [, kind, namespace, name] = new URL(request.url!, 'https://node').pathname.split('/');
      const network = this.pods.get(`${namespace}/${name}`)?.network;
      if (kind !== 'portForward' || network === undefined) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      else forwardPorts(request, socket, network).catch(failed);
    });
    this.lease = setInterval(() => {
      api.patch(LEASE, { spec: { renewTime: microTime() } }, 'merge').catch(failed);
    }, 5_000);
  }

  /** Registers a node, and runs what is bound to it. */
  static async start(
    plane: ControlPlane,
    network: Network,
    home: string,
    image: (name: string) => Image,
  ): Promise<Kubelet> {
    const kubelet = new Kubelet(plane, network, home, image);
    const { api, failed, names } = kubelet.node;
    await new Promise<void>((resolve) => kubelet.server.listen(10_250, NODE_ADDRESS, resolve));
    await api.create('/api/v1/nodes', DESCRIPTION);
    await api.create(LEASE.slice(0, LEASE.lastIndexOf('/')), {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: NAME },
      // With a time from the beginning: the controller of nodes takes none to be later than none, and would give the node up after 50 seconds.
      spec: { holderIdentity: NAME, leaseDurationSeconds: 40, renewTime: microTime() },
    });
    await new Services(network, names['/etc/hosts']).start(kubelet.apis[1]!, failed);
    const mine = `fieldSelector=spec.nodeName=${NAME}`;
    await api.watch('/api/v1/pods', (type, pod) => kubelet.take(type, pod), failed, mine);
    return kubelet;
  }

  /** @throws what has gone wrong in it */
  check(): void {
    if (this.error !== undefined) throw this.error;
  }

  /** What the processes of a namespace's pods say, by the name of the pod. */
  logs(namespace: string): Record<string, string> {
    const all = [...this.pods].filter(([key]) => key.startsWith(`${namespace}/`));
    return Object.fromEntries(all.map(([key, pod]) => [key.slice(namespace.length + 1), pod.log]));
  }

  async stop(): Promise<void> {
    clearInterval(this.lease);
    for (const pod of this.pods.values()) pod.kill();
    await Promise.allSettled(this.leaving);
    this.server.close();
    this.server.closeAllConnections();
    for (const api of this.apis) api.close();
  }

  private take(type: string, pod: KubernetesObject): void {
    const { metadata, status } = pod;
    const key = `${metadata.namespace}/${metadata.name}`;
    const known = this.pods.get(key);
    if (type === 'DELETED') {
      known?.kill();
      this.pods.delete(key);
      return;
    }
    if (known === undefined && !metadata.deletionTimestamp && status.phase === 'Pending') {
      const made = new Pod(this.node, pod);
      this.pods.set(key, made);
      made.start();
    }
    if (known !== undefined && metadata.deletionTimestamp && !known.leaving) {
      const left = known.delete(metadata.deletionGracePeriodSeconds).catch(this.node.failed);
      this.leaving.add(left);
      void left.then(() => this.leaving.delete(left));
    }
  }
}

/** Now, as leases have it. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');

const DESCRIPTION: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NAME, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': NAME } },
  status: {
    capacity: { cpu: '64', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' },
    allocatable: { cpu: '64', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    addresses: [
      { type: 'InternalIP', address: NODE_ADDRESS },
      { type: 'Hostname', address: NAME },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: '',
      osImage: 'processes of this machine',
      containerRuntimeVersion: 'processes://1',
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  },
};
