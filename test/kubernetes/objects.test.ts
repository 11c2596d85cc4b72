import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  find,
  HELMS,
  type KubernetesObject,
  kubernetesPython,
  OF_OTHERS,
  ofKind,
  podsOf,
  run,
  template,
} from './support/chart.js';
import { MATRIX } from './support/matrix.js';
import { violations } from './support/restricted.js';

const python = kubernetesPython();
/** The oldest and the newest that the schemas are of. */
const VERSIONS = ['1.27.0', '1.37.0'];
describe.each(HELMS)('%s renders', (_, tools) => {
  const rendered = new Map<string, KubernetesObject[]>();
  beforeAll(async () => {
    const all = Object.entries(MATRIX).map(async ([name, values]) => {
      rendered.set(name, await template(tools, values));
    });
    await Promise.all(all);
  });

  it('objects that are there once, all in the namespace of the release', () => {
    for (const [name, objects] of rendered) {
      const identities = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(identities).size, name).toBe(identities.length);
      for (const { metadata } of objects) expect(metadata.namespace, name).toBe('compute');
    }
  });

  it.skipIf(python === undefined)('nothing that Kubernetes has no field for', async () => {
    const known = [...rendered.values()].flat().filter(({ apiVersion }) => !OF_OTHERS.has(apiVersion));
    expect(known.length).toBeGreaterThan(200);
    const planted = { ...known[0], speck: {} };
    const check = async (objects: readonly KubernetesObject[]): Promise<string[]> => {
      const script = join(import.meta.dirname, 'support/validate.py');
      return JSON.parse(await run(python!, ['-B', script, ...VERSIONS], JSON.stringify(objects)));
    };
    expect(await check(known)).toEqual([]);
    expect(await check([planted])).toHaveLength(VERSIONS.length);
  });

  it('pods that Pod Security calls restricted, and that write to volumes only', () => {
    for (const [name, objects] of rendered)
      for (const [pod, spec] of podsOf(objects)) {
        expect(violations(spec), `${name}: ${pod}`).toEqual([]);
        for (const container of spec.containers) {
          expect(container.securityContext.readOnlyRootFilesystem, `${name}: ${pod}`).toBe(true);
          expect(container.resources.limits.memory, `${name}: ${pod}`).toBeDefined();
          expect(container.resources.requests.memory, `${name}: ${pod}`).toBeDefined();
        }
      }
  });

  it('no token of a service account but where notebooks use one', () => {
    for (const [name, objects] of rendered)
      for (const [pod, spec] of podsOf(objects)) {
        const uses = pod.endsWith('-jupyter') && name !== 'Jupyter by an ingress with TLS';
        expect(spec.automountServiceAccountToken, `${name}: ${pod}`).toBe(uses);
      }
  });

  it('services inside of the cluster only, unless asked', () => {
    for (const [name, objects] of rendered)
      for (const { metadata, spec } of ofKind(objects, 'Service')) {
        const asked = (MATRIX[name] as KubernetesObject).jupyter?.service?.type ?? 'ClusterIP';
        expect(spec.type).toBe(metadata.name.endsWith('-jupyter') ? asked : 'ClusterIP');
        for (const port of spec.ports) expect(port.protocol).toBe('TCP');
      }
  });

  it('ports of services, policies and probes that containers have', () => {
    for (const objects of rendered.values()) {
      const names = new Map(
        ofKind(objects, 'Deployment').map(({ metadata, spec }) => [
          metadata.name as string,
          spec.template.spec.containers[0].ports.map(({ name }: { name: string }) => name) as string[],
        ]),
      );
      for (const { metadata, spec } of ofKind(objects, 'Service'))
        for (const { targetPort } of spec.ports) expect(names.get(metadata.name)).toContain(targetPort);
      for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
        const [container] = spec.template.spec.containers;
        for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
          expect(names.get(metadata.name)).toContain(probe.httpGet.port);
      }
    }
  });

  it('workers that have time to retire, and a scheduler that is there once', () => {
    for (const objects of rendered.values())
      for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
        if (/-worker-/.test(metadata.name)) {
          const { terminationGracePeriodSeconds, containers } = spec.template.spec;
          expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
          expect('lifecycle' in containers[0]).toBe(containers[0].args[0] === 'dask');
        } else expect([spec.replicas, spec.strategy]).toEqual([1, { type: 'Recreate' }]);
      }
  });

  it('the least that notebooks need of the cluster', () => {
    const { rules } = find(rendered.get('Python beside')!, 'Role', 'my-tilework-jupyter');
    const resourceNames = ['my-tilework-worker-node', 'my-tilework-worker-python'];
    expect(rules).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames, verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames, verbs: ['get', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    ]);
    // Nothing to name is not everything.
    expect(find(rendered.get('no workers')!, 'Role', 'my-tilework-jupyter').rules).toHaveLength(2);
  });

  it('ways in for pods of the release only, and none out to the metadata of clouds', () => {
    const release = {
      podSelector: {
        matchLabels: { 'app.kubernetes.io/instance': 'my', 'app.kubernetes.io/name': 'tilework' },
      },
    };
    const objects = rendered.get('defaults')!;
    const ingress = (name: string) =>
      find(objects, 'NetworkPolicy', name).spec.ingress.map(({ from }: KubernetesObject) => from);
    expect(ingress('my-tilework-scheduler')).toEqual([[release], [release]]);
    expect(ingress('my-tilework-workers')).toEqual([[release], [release]]);
    const [[test, ...others]] = ingress('my-tilework-jupyter');
    expect(test.podSelector.matchLabels['app.kubernetes.io/component']).toBe('test');
    expect(others).toEqual([]);
    const [{ to }] = find(objects, 'NetworkPolicy', 'my-tilework-egress').spec.egress;
    expect(to).toEqual([
      { namespaceSelector: {} },
      { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
      { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
    ]);
    const opened = find(rendered.get('Jupyter by a load balancer')!, 'NetworkPolicy', 'my-tilework-jupyter');
    expect(opened.spec.ingress).toEqual([{ ports: [{ port: 'http', protocol: 'TCP' }] }]);
  });

  it('monitors of what serves metrics, by labels and ports that it has', () => {
    const objects = rendered.get('metrics for Prometheus')!;
    const [service] = ofKind(objects, 'ServiceMonitor');
    const [pods] = ofKind(objects, 'PodMonitor');
    expect(service!.metadata.labels).toMatchObject({ release: 'prometheus' });
    const { metadata, spec } = find(objects, 'Service', 'my-tilework-scheduler');
    expect(metadata.labels).toMatchObject(service!.spec.selector.matchLabels);
    expect(spec.ports.map(({ name }: { name: string }) => name)).toContain(service!.spec.endpoints[0].port);
    const workers = find(objects, 'Deployment', 'my-tilework-worker-node').spec.template;
    expect(workers.metadata.labels).toMatchObject(pods!.spec.selector.matchLabels);
    expect(Object.keys(workers.metadata.labels)).toContain(pods!.spec.podTargetLabels[0]);
    const ports = workers.spec.containers[0].ports.map(({ name }: { name: string }) => name);
    expect(ports).toContain(pods!.spec.podMetricsEndpoints[0].port);
    const alone = rendered.get('metrics of workers alone')!;
    expect(
      [ofKind(alone, 'ServiceMonitor'), ofKind(alone, 'PodMonitor')].map(({ length }) => length),
    ).toEqual([0, 1]);
  });

  it('certificates of cert-manager, whose authority is the release or a given one', () => {
    const objects = rendered.get('cert-manager, an authority of its own')!;
    const made = objects.filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1');
    expect(made.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      'Certificate my-tilework-ca',
      'Certificate my-tilework-tls',
      'Issuer my-tilework-ca',
      'Issuer my-tilework-selfsigned',
    ]);
    const ca = find(objects, 'Certificate', 'my-tilework-ca').spec;
    expect(ca.isCA).toBe(true);
    expect(ca.issuerRef.name).toBe(find(objects, 'Issuer', 'my-tilework-selfsigned').metadata.name);
    expect(find(objects, 'Issuer', 'my-tilework-ca').spec.ca.secretName).toBe(ca.secretName);
    const { usages, secretName, issuerRef } = find(objects, 'Certificate', 'my-tilework-tls').spec;
    expect(usages).toEqual(expect.arrayContaining(['server auth', 'client auth']));
    expect(issuerRef).toEqual({ kind: 'Issuer', name: 'my-tilework-ca' });
    const mounted = find(objects, 'Deployment', 'my-tilework-scheduler').spec.template.spec.volumes;
    expect(mounted.find(({ name }: { name: string }) => name === 'tls').secret.secretName).toBe(secretName);
    const given = rendered.get('cert-manager, a given issuer')!;
    expect(find(given, 'Certificate', 'my-tilework-tls').spec.issuerRef).toEqual({
      kind: 'ClusterIssuer',
      name: 'company',
    });
    expect(ofKind(given, 'Issuer')).toEqual([]);
  });
});
