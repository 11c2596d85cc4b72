import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find, HELMS, type KubernetesObject, NAMESPACE, template, type Values } from './support/chart.js';
import { SecretStore } from './support/secret-store.js';

const decoded = (secret: KubernetesObject, key: string): string =>
  Buffer.from(secret.data[key], 'base64').toString();
const annotations = (objects: readonly KubernetesObject[], name: string): Record<string, string> =>
  find(objects, 'Deployment', name).spec.template.metadata.annotations;
const TLS = 'my-tilework-tls';
const JUPYTER = 'my-tilework-jupyter';

describe.each(HELMS)('%s', (_, tools) => {
  let store: SecretStore;
  beforeAll(async () => {
    store = await SecretStore.start();
  });
  afterAll(() => store.close());

  /** What an upgrade of a release renders whose Secrets are these. */
  async function upgrade(held: readonly KubernetesObject[], values: Values = {}) {
    store.secrets.splice(0, Number.POSITIVE_INFINITY, ...held);
    return template(tools, values, { args: [...store.args, '--is-upgrade'] });
  }
  const secretsOf = (objects: readonly KubernetesObject[]) => [
    find(objects, 'Secret', TLS),
    find(objects, 'Secret', JUPYTER),
  ];

  it('makes certificates that an authority of the release signed', async () => {
    const objects = await template(tools, { tls: { days: 30 } });
    const secret = find(objects, 'Secret', TLS);
    const [ca, cert] = ['ca.crt', 'tls.crt'].map((key) => new X509Certificate(decoded(secret, key)));
    expect(cert!.verify(ca!.publicKey)).toBe(true);
    expect(ca!.ca).toBe(true);
    expect(cert!.ca).toBe(false);
    const days = (Date.parse(cert!.validTo) - Date.parse(cert!.validFrom)) / 86_400_000;
    expect(days).toBeCloseTo(30);
    // The authority signs nothing more: its key is nowhere.
    expect(Object.keys(secret.data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    expect(decoded(secret, 'tls.key').match(/PRIVATE KEY/g)).toHaveLength(2);
  });

  it('makes a password at random, and a hash of it', async () => {
    const [one, two] = await Promise.all([template(tools), template(tools)]);
    const [password, other] = [one, two].map((objects) =>
      decoded(find(objects, 'Secret', JUPYTER), 'password'),
    );
    expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(other).not.toBe(password);
    const [kind, salt, hash] = decoded(find(one, 'Secret', JUPYTER), 'hashed-password').split(':');
    expect(kind).toBe('sha256');
    expect(hash).toBe(createHash('sha256').update(`${password}${salt}`).digest('hex'));
  });

  it('keeps certificates and password through an upgrade, and starts no pod again', async () => {
    const before = await template(tools);
    const after = await upgrade(secretsOf(before));
    expect(secretsOf(after).map(({ data }) => data)).toEqual(secretsOf(before).map(({ data }) => data));
    for (const name of ['my-tilework-scheduler', 'my-tilework-worker-node', JUPYTER])
      expect(annotations(after, name)).toEqual(annotations(before, name));
  });

  it('makes anew what has gone, and starts those again that read it', async () => {
    const before = await template(tools);
    const [, password] = secretsOf(before);
    const after = await upgrade([password!]);
    expect(secretsOf(after)[1]!.data).toEqual(password!.data);
    expect(secretsOf(after)[0]!.data).not.toEqual(secretsOf(before)[0]!.data);
    const name = 'my-tilework-worker-node';
    expect(annotations(after, name)['checksum/tls']).not.toBe(annotations(before, name)['checksum/tls']);
  });

  it('takes another password, with which only Jupyter is started again', async () => {
    const before = await template(tools);
    const values = { jupyter: { password: 'correct horse battery' } };
    const after = await upgrade(secretsOf(before), values);
    expect(decoded(secretsOf(after)[1]!, 'password')).toBe('correct horse battery');
    expect(annotations(after, JUPYTER)['checksum/password']).not.toBe(
      annotations(before, JUPYTER)['checksum/password'],
    );
    expect(annotations(after, 'my-tilework-worker-node')).toEqual(
      annotations(before, 'my-tilework-worker-node'),
    );
    // The same again changes nothing.
    const again = await upgrade(secretsOf(after), values);
    expect(secretsOf(again)[1]!.data).toEqual(secretsOf(after)[1]!.data);
  });

  it('starts pods again when a Secret that it did not make has other contents', async () => {
    const values = { tls: { existingSecret: 'certificates' }, jupyter: { existingSecret: 'password' } };
    const secret = (name: string, data: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: NAMESPACE },
      data,
    });
    const password = secret('password', { 'hashed-password': 'YQ==' });
    const [before, after] = [
      await upgrade([secret('certificates', { 'tls.crt': 'YQ==' }), password], values),
      await upgrade([secret('certificates', { 'tls.crt': 'Yg==' }), password], values),
    ];
    expect(before.some(({ kind }) => kind === 'Secret')).toBe(false);
    const [old, now] = [before, after].map((objects) => annotations(objects, JUPYTER));
    expect(now!['checksum/tls']).not.toBe(old!['checksum/tls']);
    expect(now!['checksum/password']).toBe(old!['checksum/password']);
  });
});
