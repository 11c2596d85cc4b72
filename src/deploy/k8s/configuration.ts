import { join } from 'node:path';
import { stateDirectory, writePrivate } from '../files.js';
import type { Target } from './target.js';

/** Of a release, by its context, namespace and name. Contexts may be called anything. */
export const configurationDirectory = ({ context = 'current', namespace, release }: Target): string =>
  join(stateDirectory('k8s'), encodeURIComponent(context).replaceAll('.', '%2E'), namespace, release);

/** Of a Secret that was made for TLS. */
export type CertificateData = Readonly<Record<'ca.crt' | 'tls.crt' | 'tls.key', string>>;

const VARIABLES = {
  'ca.crt': 'DASK_DISTRIBUTED__COMM__TLS__CA_FILE',
  'tls.crt': 'DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT',
  'tls.key': 'DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY',
} as const;

/**
 * Writes certificates, and a file `env` with the variables by which programs of tilework and of Dask find them, into a directory that only its owner
 * reads. Returns the file.
 */
export function writeConfiguration(
  directory: string,
  address: string,
  certificates: CertificateData | undefined,
): string {
  const lines = [`export DASK_SCHEDULER_ADDRESS=${single(address)}`];
  for (const file of ['ca.crt', 'tls.crt', 'tls.key'] as const) {
    if (certificates === undefined) break;
    const path = join(directory, file);
    writePrivate(path, certificates[file]);
    lines.push(`export ${VARIABLES[file]}=${single(path)}`);
  }
  const env = join(directory, 'env');
  writePrivate(env, `${lines.join('\n')}\n`);
  return env;
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
