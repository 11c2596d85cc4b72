import type { Values } from './chart.js';

const placed = {
  podAnnotations: { 'example.com/owner': 'us' },
  nodeSelector: { disk: 'fast' },
  tolerations: [{ key: 'compute', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
      },
    },
  },
};
const data = {
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const peer = { namespaceSelector: { matchLabels: { name: 'monitoring' } } };

/** Values that, together, take every branch of every template: `branches.test.ts` checks that. */
export const MATRIX: Readonly<Record<string, Values>> = {
  defaults: {},
  'without TLS': { tls: { enabled: false } },
  'a Secret of certificates': { tls: { existingSecret: 'certificates' } },
  'cert-manager, an authority of its own': { tls: { certManager: { enabled: true } } },
  'cert-manager, a given issuer': {
    tls: { certManager: { enabled: true, issuerRef: { kind: 'ClusterIssuer', name: 'company' } } },
  },
  'Python beside': { python: { enabled: true, workers: { replicas: 2, threads: 4, offers: { PY: 1 } } } },
  'Python alone, without TLS': {
    tls: { enabled: false },
    workers: { node: null },
    python: { enabled: true },
  },
  'no workers': { workers: { node: { enabled: false } } },
  'several groups': {
    workers: {
      node: { replicas: 0 },
      large: {
        replicas: 1_000_000,
        threads: 8,
        resources: { requests: { cpu: 8 }, limits: { memory: '64Gi', 'nvidia.com/gpu': 1 } },
        offers: { GPU: 1, MEM: 2.5 },
        maxUnavailable: '50%',
      },
      old: { kind: 'python', image: { tag: '2025.4.0' } },
    },
  },
  'a scheduler elsewhere': {
    scheduler: { enabled: false, address: 'tls://scheduler.other.svc:8786' },
    tls: { existingSecret: 'theirs' },
  },
  'a scheduler elsewhere, plain': {
    scheduler: { enabled: false, address: 'tcp://scheduler.other.svc:8786' },
    tls: { enabled: false },
  },
  'no Jupyter': { jupyter: { enabled: false } },
  'no network policies': { networkPolicy: { enabled: false }, tls: { enabled: false } },
  'more who may reach it': {
    networkPolicy: {
      clients: [{ podSelector: { matchLabels: { app: 'program' } } }],
      dashboard: [peer],
      jupyter: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.9/32'] } }],
      blocked: ['169.254.169.254/32'],
    },
    jupyter: { service: { type: 'NodePort' } },
  },
  'metrics for Prometheus': { monitoring: { enabled: true, labels: { release: 'prometheus' } } },
  'metrics of workers alone': {
    monitoring: { enabled: true, interval: '1m' },
    scheduler: { enabled: false, address: 'tcp://scheduler.other.svc:8786' },
    tls: { enabled: false },
  },
  'nothing blocked': { networkPolicy: { blocked: [] } },
  'Jupyter by a load balancer': {
    jupyter: {
      password: 'a long password: "\'$`\\',
      service: {
        type: 'LoadBalancer',
        port: 8080,
        annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
        loadBalancerSourceRanges: ['203.0.113.7/32'],
      },
    },
  },
  'Jupyter by an ingress': {
    jupyter: { ingress: { enabled: true, host: 'notebook.example.com' }, existingSecret: 'password' },
  },
  'Jupyter by an ingress with TLS': {
    jupyter: {
      rbac: false,
      ingress: {
        enabled: true,
        className: 'nginx',
        host: 'notebook.example.com',
        tlsSecret: 'notebook-tls',
        annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' },
      },
    },
  },
  'the password of the world': { jupyter: { password: 'dask' } },
  'notebooks that last': { jupyter: { persistence: { enabled: true, storageClass: 'gp3', size: '20Gi' } } },
  'notebooks that were there': { jupyter: { persistence: { enabled: true, existingClaim: 'notebooks' } } },
  'everything set': {
    nameOverride: 'tw',
    fullnameOverride: 'cluster',
    imagePullSecrets: [{ name: 'registry' }],
    scheduler: {
      ...placed,
      extraArgs: ['--idle-timeout=1 hour'],
      env: [{ name: 'DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION', value: 'inf' }],
      image: { digest: DIGEST },
      podDisruptionBudget: false,
    },
    workerDefaults: {
      ...placed,
      ...data,
      image: { digest: DIGEST },
      extraArgs: ['--lifetime=86400'],
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 's3', key: 'key' } } }],
      serviceAccountName: 'reads-s3',
      spill: '100Gi',
      terminationGracePeriodSeconds: 1_000_000,
    },
    python: { enabled: true },
    jupyter: {
      ...placed,
      ...data,
      env: [{ name: 'TZ', value: 'Europe/Berlin' }],
      kernel: 'other',
    },
  },
};
