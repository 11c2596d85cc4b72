import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '../chart.js';
import type { Api } from '../server/api.js';

/** Makes a pod's volumes as directories. @throws an ApiError where a Secret or ConfigMap is not there yet */
export async function makeVolumes(
  api: Api,
  pod: KubernetesObject,
  home: string,
): Promise<Map<string, string>> {
  const group: number | undefined = pod.spec.securityContext?.fsGroup;
  const directories = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const directory = join(home, volume.name);
    mkdirSync(directory, { recursive: true });
    for (const { path, data, mode } of await filesOf(api, pod, volume)) {
      const file = join(directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, data);
      if (group !== undefined) chownSync(file, 0, group);
      // Whoever has the group may read what the owner may.
      chmodSync(file, group === undefined ? mode : mode | ((mode & 0o600) >> 3));
    }
    if (group !== undefined) chownSync(directory, 0, group);
    chmodSync(directory, volume.emptyDir ? 0o2777 : 0o755);
    directories.set(volume.name, directory);
  }
  return directories;
}

interface File {
  readonly path: string;
  readonly data: Buffer;
  readonly mode: number;
}

async function filesOf(api: Api, pod: KubernetesObject, volume: KubernetesObject): Promise<File[]> {
  const { namespace } = pod.metadata;
  const { secret, configMap, projected, emptyDir } = volume;
  if (secret)
    return pick(await read(api, namespace, 'secrets', secret.secretName), secret.items, secret.defaultMode);
  if (configMap)
    return pick(
      await read(api, namespace, 'configmaps', configMap.name),
      configMap.items,
      configMap.defaultMode,
    );
  if (projected) {
    const parts = projected.sources.map((source: KubernetesObject) =>
      ofSource(api, pod, source, projected.defaultMode),
    );
    return (await Promise.all(parts)).flat();
  }
  if (emptyDir) return [];
  throw new Error(`volume ${volume.name}: of a kind that this kubelet does not know`);
}

async function ofSource(
  api: Api,
  pod: KubernetesObject,
  source: KubernetesObject,
  mode: number,
): Promise<File[]> {
  const { namespace, name, uid } = pod.metadata;
  const { serviceAccountToken: token, configMap, downwardAPI } = source;
  if (configMap) return pick(await read(api, namespace, 'configmaps', configMap.name), configMap.items, mode);
  if (downwardAPI)
    return downwardAPI.items.map(({ path, fieldRef }: KubernetesObject) => ({
      path,
      data: Buffer.from(String(fieldOf(pod, fieldRef.fieldPath))),
      mode,
    }));
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName}/token`;
  const { status } = await api.create(account, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      expirationSeconds: token.expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  });
  return [{ path: token.path, data: Buffer.from(status.token), mode }];
}

/** What a field of a pod is, by its path. */
export function fieldOf(pod: KubernetesObject, path: string): string {
  return path.split('.').reduce((object: KubernetesObject, name) => object[name], pod) as unknown as string;
}

async function read(
  api: Api,
  namespace: string,
  kind: 'secrets' | 'configmaps',
  name: string,
): Promise<Map<string, Buffer>> {
  const { data = {} } = await api.get(`/api/v1/namespaces/${namespace}/${kind}/${name}`);
  const encoding = kind === 'secrets' ? 'base64' : 'utf8';
  return new Map(Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}

function pick(
  data: ReadonlyMap<string, Buffer>,
  items: readonly KubernetesObject[] | undefined,
  mode: number,
): File[] {
  if (items === undefined) return [...data].map(([path, data]) => ({ path, data, mode }));
  return items.map(({ key, path }) => {
    const found = data.get(key);
    if (found === undefined) throw new Error(`no ${key} among ${[...data.keys()]}`);
    return { path, data: found, mode };
  });
}
