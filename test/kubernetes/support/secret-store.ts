import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesObject } from './chart.js';

/** Kinds that the chart renders, by group and version: helm wants to be told of them. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ['ConfigMap', 'PersistentVolumeClaim', 'Pod', 'Secret', 'Service', 'ServiceAccount'],
  'apps/v1': ['Deployment'],
  'networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
};

/**
 * Answers helm's look-ups of Secrets as an API server of Kubernetes does, and knows nothing else: `helm template --dry-run=server` takes it
 * for one where nothing is installed but those Secrets.
 */
export class SecretStore {
  readonly secrets: KubernetesObject[] = [];
  private readonly server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://server');
    const answer = this.answer(pathname);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.end(JSON.stringify(answer ?? missing));
  });

  static async start(): Promise<SecretStore> {
    const store = new SecretStore();
    await new Promise<void>((resolve) => store.server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  /** Arguments with which `helm template` looks here. */
  get args(): readonly string[] {
    const { port } = this.server.address() as AddressInfo;
    return ['--dry-run=server', '--disable-openapi-validation', `--kube-apiserver=http://127.0.0.1:${port}`];
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(path: string): unknown {
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(path) ?? [];
    if (name !== undefined)
      return this.secrets.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    if (path === '/version') return { major: '1', minor: '36', gitVersion: 'v1.36.0' };
    if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
    if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
    const groupVersion = path.replace(/^\/apis?\//, '');
    const kinds = KINDS[groupVersion];
    if (kinds === undefined) return undefined;
    const resources = kinds.map((kind) => ({
      name: kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s'),
      singularName: kind.toLowerCase(),
      kind,
      namespaced: true,
      verbs: ['get'],
    }));
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
  }
}

const groups = () =>
  Object.keys(KINDS)
    .filter((groupVersion) => groupVersion.includes('/'))
    .map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
