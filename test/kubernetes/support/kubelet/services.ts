import { writeFileSync } from 'node:fs';
import type { KubernetesObject } from '../chart.js';
import type { Api } from '../server/index.js';
import type { Network } from './network.js';

/** What kube-proxy and a DNS server do: the addresses of Services lead to pods that are ready, and their names to the addresses. */
export class Services {
  private readonly services = new Map<string, KubernetesObject>();
  private readonly slices = new Map<string, KubernetesObject>();

  /** @param hosts a file that is as /etc/hosts, which is kept as Services are */
  constructor(
    private readonly network: Network,
    private readonly hosts: string,
  ) {
    this.write();
  }

  async start(api: Api, failed: (error: Error) => void): Promise<void> {
    const slices = '/apis/discovery.k8s.io/v1/endpointslices';
    await api.watch(slices, (type, slice) => this.lead(type, slice), failed);
    await api.watch('/api/v1/services', (type, service) => this.change(type, service), failed);
  }

  private change(type: string, service: KubernetesObject): void {
    keep(this.services, type, service);
    if (type === 'DELETED')
      for (const { port } of service.spec.ports) this.network.unserve(service.spec.clusterIP, port);
    else this.serve(service);
    this.write();
  }

  private lead(type: string, slice: KubernetesObject): void {
    keep(this.slices, type, slice);
    for (const service of this.services.values()) if (isBehind(slice, service)) this.serve(service);
  }

  /** Connections are refused where nothing is ready behind a port. */
  private serve(service: KubernetesObject): void {
    for (const { port, name } of service.spec.ports) {
      const find = () => this.find(service, name);
      if (find() === undefined) this.network.unserve(service.spec.clusterIP, port);
      else this.network.serve(service.spec.clusterIP, port, find);
    }
  }

  /** One of the ready endpoints behind a port. */
  private find(service: KubernetesObject, name?: string): readonly [string, number] | undefined {
    const found = [...this.slices.values()]
      .filter((slice) => isBehind(slice, service))
      .flatMap((slice) => {
        const port = slice.ports?.find((port: KubernetesObject) => (port.name || undefined) === name)?.port;
        const ready = slice.endpoints?.filter((endpoint: KubernetesObject) => endpoint.conditions?.ready);
        return port === undefined
          ? []
          : ready.map((endpoint: KubernetesObject) => [endpoint.addresses[0], port] as const);
      });
    return found[Math.floor(Math.random() * found.length)];
  }

  /** In place: containers see the file itself. */
  private write(): void {
    const lines = [...this.services.values()].map(({ metadata: { name, namespace }, spec }) => {
      const names = ['', '.svc', '.svc.cluster.local'].map((end) => `${name}.${namespace}${end}`);
      return `${spec.clusterIP} ${names.join(' ')} ${name}\n`;
    });
    writeFileSync(this.hosts, ['127.0.0.1 localhost\n', ...lines].join(''));
  }
}

const isBehind = (slice: KubernetesObject, { metadata }: KubernetesObject): boolean =>
  slice.metadata.namespace === metadata.namespace &&
  slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name;

function keep(all: Map<string, KubernetesObject>, type: string, object: KubernetesObject): void {
  if (type === 'DELETED') all.delete(object.metadata.uid);
  else all.set(object.metadata.uid, object);
}
