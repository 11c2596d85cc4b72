import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { type Compression, checkCompression } from '../wire/index.js';
import type { Address } from './address.js';
import { isLoopback } from './address.js';

/** Certificates, as PEM. Both sides of a connection show one, and take only those that `ca` has signed. */
export interface Certificates {
  /** Of the authority that signed every certificate of the cluster. */
  readonly ca: string | Uint8Array;
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
}

export interface Security {
  readonly certificates?: Certificates;
  /** Lets `tcp://`, which anyone on the way can read and change, leave this machine. Default: only to and on loopback. */
  readonly allowPlain?: boolean;
}

/** What both sides of a connection agree on. */
export interface CommOptions extends Security {
  /** How results are compressed on connections to other machines whose other side wants the same, as in Dask. Default: not at all. */
  readonly compression?: Compression;
}

/**
 * @throws TypeError where this machine cannot compress so, certificates are needed and missing, given and useless, or plain TCP would leave the machine
 */
export function checkOptions(
  { scheme, host }: Address,
  { certificates, allowPlain, compression }: CommOptions,
): void {
  if (compression !== undefined) checkCompression(compression);
  if (scheme === 'tls') {
    const missing = (['ca', 'cert', 'key'] as const).filter((name) => !certificates?.[name]?.length);
    if (missing.length > 0)
      throw new TypeError(
        `tls:// needs certificates: give { ca, cert, key } as PEM (missing: ${missing.join(', ')}); tilework worker: --tls-ca-file, --tls-cert, --tls-key`,
      );
    checkCertificates(certificates!);
    return;
  }
  if (certificates !== undefined)
    throw new TypeError(`certificates are of no use over tcp://: write tls://${host}…`);
  if (!isLoopback(host) && allowPlain !== true)
    throw new TypeError(
      `plain TCP to or on ${host} would leave this machine, and whoever reaches it can run code: use tls:// with certificates, or say { allowPlain: true } (tilework worker: --allow-plain)`,
    );
}

/** @throws TypeError naming what cannot be read, or does not belong together: OpenSSL names neither, and takes a `ca` without a word that is none */
function checkCertificates({ ca, cert, key }: Certificates): void {
  read('ca', ca, (text) => new X509Certificate(text));
  const certificate = read('cert', cert, (text) => new X509Certificate(text));
  const secret = read('key', key, createPrivateKey);
  if (!certificate.checkPrivateKey(secret))
    throw new TypeError('key is not that of cert: give the two that were made together');
}

function read<T>(name: keyof Certificates, pem: string | Uint8Array, parse: (pem: Buffer) => T): T {
  const text = Buffer.from(pem as Uint8Array);
  const kind = name === 'key' ? 'private key' : 'certificate';
  if (!text.includes('-----BEGIN'))
    throw new TypeError(`${name} is no ${kind} as PEM: give the text of the file, not its path`);
  try {
    return parse(text);
  } catch (cause) {
    throw new TypeError(`${name} is no ${kind} that can be used: ${(cause as Error).message}`, { cause });
  }
}

/**
 * What TLS is to do. As between Dask's own processes, who may take part is decided by the authority that signed: names in
 * certificates do not count, since pods come and go under changing addresses.
 */
export function tlsOptions(certificates: Certificates): ConnectionOptions & TlsOptions {
  const { ca, cert, key } = certificates;
  const pem = (text: string | Uint8Array) => (typeof text === 'string' ? text : Buffer.from(text));
  return {
    ca: pem(ca),
    cert: pem(cert),
    key: pem(key),
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  };
}
