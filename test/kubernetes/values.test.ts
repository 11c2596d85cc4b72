import { describe, expect, it } from 'vitest';
import { HELMS, template, type Values } from './support/chart.js';

/** Values that are refused, and where the message says what is wrong. */
const REFUSED: readonly (readonly [values: Values, where: RegExp])[] = [
  // Names that nobody knows, at each level.
  [{ jupiter: {} }, /jupiter/],
  [{ tls: { enable: true } }, /enable/],
  [{ tls: { certManager: { issuer: 'x' } } }, /issuer/],
  [{ tls: { certManager: { issuerRef: { kind: 'Issuer' } } } }, /issuerRef/],
  [{ networkPolicy: { client: [] } }, /client/],
  [{ networkPolicy: { clients: [{ podSelectors: {} }] } }, /podSelectors/],
  [{ monitoring: { serviceMonitor: true } }, /serviceMonitor/],
  [{ scheduler: { replicas: 2 } }, /replicas/],
  [{ scheduler: { image: { name: 'dask' } } }, /name/],
  [{ scheduler: { service: { type: 'LoadBalancer' } } }, /service/],
  [{ scheduler: { resources: { limit: {} } } }, /limit/],
  [{ scheduler: { env: [{ name: 'A', vaule: '1' }] } }, /vaule/],
  [{ workerDefaults: { nthreads: 2 } }, /nthreads/],
  [{ workers: { node: { nthreads: 2 } } }, /node/],
  [{ python: { worker: {} } }, /worker/],
  [{ python: { workers: { nthreads: 2 } } }, /nthreads/],
  [{ jupyter: { token: 'x' } }, /token/],
  [{ jupyter: { service: { nodePort: 30_000 } } }, /nodePort/],
  [{ jupyter: { ingress: { hosts: [] } } }, /hosts/],
  [{ jupyter: { persistence: { class: 'x' } } }, /class/],
  [{ imagePullSecrets: ['registry'] }, /imagePullSecrets/],
  // Passwords that the world knows, or could guess.
  [{ jupyter: { password: 'dask', service: { type: 'LoadBalancer' } } }, /password/],
  [{ jupyter: { password: 'dask', service: { type: 'NodePort' } } }, /password/],
  [{ jupyter: { password: 'dask', ingress: { enabled: true, host: 'a.example.com' } } }, /password/],
  [{ jupyter: { password: 'secret' } }, /password/],
  // Kinds and ranges.
  [{ nameOverride: 'Über' }, /nameOverride/],
  [{ fullnameOverride: 'x'.repeat(41) }, /fullnameOverride/],
  [{ tls: { enabled: 'yes' } }, /enabled/],
  [{ tls: { days: 0 } }, /days/],
  [{ tls: { existingSecret: 'a b' } }, /existingSecret/],
  [{ tls: { certManager: { duration: '1y' } } }, /duration/],
  [{ networkPolicy: { blocked: ['metadata'] } }, /blocked/],
  [{ networkPolicy: { dashboard: [{}] } }, /dashboard/],
  [{ monitoring: { interval: 30 } }, /interval/],
  [{ monitoring: { interval: 'often' } }, /interval/],
  [{ scheduler: { image: { tag: 'a b' } } }, /tag/],
  [{ scheduler: { image: { digest: 'sha256:1' } } }, /digest/],
  [{ scheduler: { image: { repository: 'UPPER' } } }, /repository/],
  [{ scheduler: { image: { pullPolicy: 'Sometimes' } } }, /pullPolicy/],
  [{ scheduler: { podAnnotations: { a: 1 } } }, /podAnnotations/],
  [{ scheduler: { extraArgs: [1] } }, /extraArgs/],
  [{ workerDefaults: { kind: 'ruby' } }, /kind/],
  [{ workerDefaults: { replicas: -1 } }, /replicas/],
  [{ workerDefaults: { threads: 0 } }, /threads/],
  [{ workerDefaults: { memoryPercent: 100 } }, /memoryPercent/],
  [{ workerDefaults: { offers: { 'A B': 1 } } }, /A B/],
  [{ workerDefaults: { offers: { GPU: -1 } } }, /GPU/],
  [{ workerDefaults: { spill: 'much' } }, /spill/],
  [{ workerDefaults: { terminationGracePeriodSeconds: 30 } }, /terminationGracePeriodSeconds/],
  [{ workerDefaults: { maxUnavailable: 'all' } }, /maxUnavailable/],
  [{ workerDefaults: { serviceAccountName: 'A' } }, /serviceAccountName/],
  [{ workerDefaults: { resources: { limits: { memory: null } } } }, /memory/],
  [{ workers: { node: { terminationGracePeriodSeconds: 30 } } }, /node/],
  [{ workers: { 'Large Ones': {} } }, /Large Ones/],
  [{ workers: { python: {} } }, /python/],
  [{ jupyter: { kernel: 'a"b' } }, /kernel/],
  [{ jupyter: { service: { type: 'ExternalName' } } }, /type/],
  [{ jupyter: { service: { port: 0 } } }, /port/],
  [{ jupyter: { persistence: { size: 'big' } } }, /size/],
  [{ jupyter: { ingress: { enabled: true } } }, /host/],
  // Schedulers elsewhere.
  [{ scheduler: { enabled: false } }, /address/],
  [{ scheduler: { enabled: false, address: 'there:8786' } }, /address/],
  [{ scheduler: { enabled: false, address: 'tls://there:8786' } }, /existingSecret/],
  [{ scheduler: { enabled: false, address: 'tcp://there:8786' } }, /tls/],
  [{ scheduler: { address: 'tls://there:8786' } }, /address/],
];

/** Rule by rule by the newer generation; that the older one takes the schema too some of them show. */
const SOME = 9;

describe.each(HELMS)('%s refuses', (generation, tools) => {
  const rules = REFUSED.filter((_, at) => generation === 'helm4' || at % SOME === 0);
  it.concurrent.each(rules.map(([values, where]) => [JSON.stringify(values), values, where] as const))(
    '%s',
    async (_, values, where) => {
      const said = await template(tools, values).then(
        () => 'nothing',
        (error: { stderr: string }) => error.stderr,
      );
      expect(said).toMatch(/values don't meet the specifications of the schema/);
      expect(said).toMatch(where);
    },
  );
});
