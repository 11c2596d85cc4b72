import { readFileSync } from 'node:fs';
import type { Certificates } from './security.js';

/** Where certificates lie. */
export type CertificateFiles = Readonly<Record<keyof Certificates, string>>;

/** What Dask calls who shows a certificate. */
export type Role = 'CLIENT' | 'WORKER';

const NAMES = ['ca', 'cert', 'key'] as const;
const TLS = 'DASK_DISTRIBUTED__COMM__TLS__';

/** Dask's own names: its programs and ours find certificates by the same variables. */
const variablesOf = (role: Role): CertificateFiles => ({
  ca: `${TLS}CA_FILE`,
  cert: `${TLS}${role}__CERT`,
  key: `${TLS}${role}__KEY`,
});

/**
 * The certificates that Dask's variables name; undefined where they name none.
 * @throws TypeError where only some are named, or one cannot be read
 */
export function certificatesNamed(environment: NodeJS.ProcessEnv, role: Role): Certificates | undefined {
  const variables = variablesOf(role);
  const missing = NAMES.filter((name) => !environment[variables[name]]);
  if (missing.length === NAMES.length) return undefined;
  if (missing.length > 0)
    throw new TypeError(
      `certificates are named by the environment, but for ${missing.map((name) => variables[name]).join(', ')}`,
    );
  const files = {
    ca: environment[variables.ca]!,
    cert: environment[variables.cert]!,
    key: environment[variables.key]!,
  };
  return readCertificates(files, variables);
}

/**
 * @param names what names each of them to the user
 * @throws TypeError naming what cannot be read
 */
export function readCertificates(files: CertificateFiles, names: CertificateFiles): Certificates {
  const read = (name: keyof Certificates): string => {
    try {
      return readFileSync(files[name], 'utf8');
    } catch (cause) {
      throw new TypeError(`${names[name]}: ${(cause as Error).message}`, { cause });
    }
  };
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
}
