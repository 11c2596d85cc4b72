import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificates, parseAddress } from '../comm/index.js';
import type { ClusterOptions } from './options.js';

/** Dask's own names: its programs and ours find a cluster by the same variables. */
const ADDRESS = 'DASK_SCHEDULER_ADDRESS';
const VARIABLES: Readonly<Record<keyof Certificates, string>> = {
  ca: 'DASK_DISTRIBUTED__COMM__TLS__CA_FILE',
  cert: 'DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT',
  key: 'DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY',
};

/** Where the Helm chart mounts certificates, and how its Secret calls them. */
export const MOUNTED = '/etc/tilework/tls';
const FILES: Readonly<Record<keyof Certificates, string>> = { ca: 'ca.crt', cert: 'tls.crt', key: 'tls.key' };

const NAMES = ['ca', 'cert', 'key'] as const;

/**
 * The address, and certificates for `tls://`, that a program leaves out: as the environment says, or for certificates as the chart mounts them.
 * @throws TypeError where there is no address, and for files of certificates that are named and cannot be read
 */
export async function completed(
  address: string | undefined,
  options: ClusterOptions,
  environment: NodeJS.ProcessEnv,
  mounted = MOUNTED,
): Promise<readonly [address: string, options: ClusterOptions]> {
  const at = address ?? environment[ADDRESS];
  if (!at)
    throw new TypeError(
      `connect: no address: give one, such as 'tls://scheduler:8786', or set ${ADDRESS} (tilework k8s connect writes a file that does)`,
    );
  if (parseAddress(at).scheme !== 'tls' || NAMES.some((name) => options[name] !== undefined))
    return [at, options];
  return [at, { ...options, ...(await certificates(environment, mounted)) }];
}

async function certificates(environment: NodeJS.ProcessEnv, mounted: string): Promise<Partial<Certificates>> {
  const named = NAMES.some((name) => environment[VARIABLES[name]]);
  if (!named && !existsSync(mounted)) return {};
  const missing = NAMES.filter((name) => !environment[VARIABLES[name]]);
  if (named && missing.length > 0)
    throw new TypeError(
      `connect: certificates are named by the environment, but for ${missing.map((name) => VARIABLES[name]).join(', ')}`,
    );
  const read = async (name: keyof Certificates): Promise<string> => {
    const path = named ? environment[VARIABLES[name]]! : join(mounted, FILES[name]);
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new TypeError(
        `connect: ${named ? VARIABLES[name] : 'certificates'}: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  };
  return { ca: await read('ca'), cert: await read('cert'), key: await read('key') };
}
