import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELMS, notes, run, type Values } from './support/chart.js';
import { SecretStore } from './support/secret-store.js';

/** Templates for `kubectl get … -o go-template`, in the order in which the notes name them. */
const goTemplates = (text: string): string[] =>
  [...text.matchAll(/-o go-template='([^']*)'/g)].map(([, template]) => template!);

describe.each(HELMS)('%s notes', (_, tools) => {
  let store: SecretStore;
  beforeAll(async () => {
    store = await SecretStore.start();
  });
  afterAll(() => store.close());
  const noted = (values: Values = {}): Promise<string> => notes(tools, values, store.args);
  /** What the real kubectl prints of an object by a template. */
  const printed = (object: object, template: string): Promise<string> =>
    run(
      tools.kubectl,
      ['annotate', '--local', '-f', '-', 'a=b', '-o', `go-template=${template}`],
      JSON.stringify(object),
    );
  const service = (ingress: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'my-tilework-jupyter' },
    spec: { ports: [{ port: 80, nodePort: 30_080 }] },
    status: { loadBalancer: { ingress: [ingress] } },
  });

  it('say how to get at everything, and nothing of warnings', async () => {
    const text = await noted();
    expect(text).toContain('tls://my-tilework-scheduler:8786');
    expect(text).toContain('kubectl -n compute port-forward service/my-tilework-scheduler 8786 8787');
    expect(text).toContain('kubectl -n compute port-forward service/my-tilework-jupyter 8888:80');
    expect(text).toContain('scale deployment my-tilework-worker-node');
    expect(text).not.toContain('WARNING');
    const data = Object.fromEntries(
      ['ca.crt', 'tls.crt', 'tls.key', 'password'].map((key) => [key, Buffer.from(key).toString('base64')]),
    );
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'my-tilework-tls' }, data };
    const values = await Promise.all(goTemplates(text).map((template) => printed(secret, template)));
    expect(values).toEqual(['ca.crt', 'tls.crt', 'tls.key', 'password']);
  });

  it('find the address of a load balancer, be it a name or a number', async () => {
    const text = await noted({ jupyter: { service: { type: 'LoadBalancer', port: 8080 } } });
    expect(text).toContain(':8080');
    expect(text).toMatch(/WARNING: passwords .* in the clear/);
    const [template] = goTemplates(text.slice(text.indexOf('Jupyter:')));
    expect(await printed(service({ ip: '203.0.113.5' }), template!)).toBe('203.0.113.5');
    expect(await printed(service({ hostname: 'a.elb.example.com' }), template!)).toBe('a.elb.example.com');
  });

  it('find the port of a node', async () => {
    const text = await noted({ jupyter: { service: { type: 'NodePort' } } });
    const [template] = goTemplates(text.slice(text.indexOf('Jupyter:')));
    expect(await printed(service({}), template!)).toBe('30080');
  });

  it('name an ingress, and warn where it has no certificate', async () => {
    const ingress = { enabled: true, host: 'notebook.example.com' };
    const plain = await noted({ jupyter: { ingress } });
    expect(plain).toContain('http://notebook.example.com');
    expect(plain).toMatch(/WARNING: the Ingress has no certificate/);
    const secure = await noted({ jupyter: { ingress: { ...ingress, tlsSecret: 'cert' } } });
    expect(secure).toContain('https://notebook.example.com');
    expect(secure).not.toContain('WARNING');
  });

  it('warn of a password that the world knows, and of a cluster without TLS', async () => {
    expect(await noted({ jupyter: { password: 'dask' } })).toMatch(/WARNING: the password `dask`/);
    const plain = await noted({ tls: { enabled: false } });
    expect(plain).toMatch(/WARNING: without TLS/);
    expect(plain).toContain("connect('tcp://127.0.0.1:8786');");
  });
});
