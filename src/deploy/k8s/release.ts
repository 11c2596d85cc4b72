import type { Chart, Metadata } from './charts.js';

/** Objects of Kubernetes, as far as they are read. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}
interface Waiting {
  readonly state?: { readonly waiting?: { readonly reason: string; readonly message?: string } };
}
interface Port {
  readonly name?: string;
  readonly port: number;
}
interface KubernetesObject {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly type?: string;
    readonly ports?: readonly Port[];
    readonly template?: {
      readonly spec: {
        readonly volumes?: readonly {
          readonly name: string;
          readonly secret?: { readonly secretName: string };
        }[];
      };
    };
  };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly Waiting[];
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}
export interface List {
  readonly items: readonly KubernetesObject[];
}

export interface Part {
  readonly component: string;
  /** Of workers. */
  readonly group: string;
  readonly deployment: string;
  readonly ready: number;
  readonly wanted: number;
}

export interface Service {
  readonly name: string;
  readonly component: string;
  readonly type: string;
  readonly ports: readonly Port[];
  /** Of a load balancer, when it has one. */
  readonly address?: string;
}

/** What there is of a release, as its objects say. */
export interface Release {
  readonly parts: readonly Part[];
  readonly services: readonly Service[];
  /** Why pods do not run, a line each. */
  readonly troubles: readonly string[];
  /** The Secret with the certificates; undefined without TLS. */
  readonly tlsSecret?: string;
}

/** Reads a release from its Deployments, Services and Pods. */
export function releaseOf({ items }: List, chart: Chart, release: string): Release {
  const component = ({ labels }: Metadata): string => labels?.[chart.component] ?? '';
  const deployments = items.filter(({ kind }) => kind === 'Deployment');
  const scheduler = deployments.find(({ metadata }) => component(metadata) === 'scheduler');
  const tls = scheduler?.spec.template?.spec.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName;
  return {
    parts: deployments.map(({ metadata, spec, status }) => ({
      component: component(metadata),
      group: component(metadata) === 'worker' ? chart.groupOf(metadata, release) : '',
      deployment: metadata.name,
      ready: status?.readyReplicas ?? 0,
      wanted: spec.replicas ?? 0,
    })),
    services: items.filter(({ kind }) => kind === 'Service').map((service) => serviceOf(service, component)),
    troubles: items.filter(({ kind }) => kind === 'Pod').flatMap(troubleOf),
    ...(tls !== undefined && { tlsSecret: tls }),
  };
}

function serviceOf(
  { metadata, spec, status }: KubernetesObject,
  component: (of: Metadata) => string,
): Service {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const address = ingress?.hostname ?? ingress?.ip;
  return {
    name: metadata.name,
    component: component(metadata),
    type: spec.type ?? 'ClusterIP',
    ports: spec.ports ?? [],
    ...(address !== undefined && { address }),
  };
}

function troubleOf({ metadata: { name }, status }: KubernetesObject): readonly string[] {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  const unmet = status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (waiting) return [line(name, waiting.reason, waiting.message)];
  if (unmet) return [line(name, unmet.reason ?? 'not scheduled', unmet.message)];
  return status?.phase === 'Failed' ? [line(name, 'failed', undefined)] : [];
}

const line = (pod: string, reason: string, message: string | undefined): string =>
  `${pod}: ${reason}${message ? `: ${message.slice(0, 200)}` : ''}`;

/** The port by which programs reach a scheduler, and that of its dashboard. */
export function schedulerPorts({ ports }: Service): { readonly comm: number; readonly dashboard?: number } {
  const dashboard = ports.find(({ port }) => port !== 8786)?.port;
  return { comm: 8786, ...(dashboard !== undefined && { dashboard }) };
}
