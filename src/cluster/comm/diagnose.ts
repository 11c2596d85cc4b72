import { CommClosedError, CommError } from './errors.js';

/** What a peer that does not speak Dask's protocol says first, and what to do. */
const STRANGERS: Readonly<Record<string, string>> = {
  '\x15\x03': 'it speaks TLS: write tls:// and give certificates',
  'HTTP/': 'it is a web server (the dashboard?): the scheduler has another port, 8786 by default',
  'SSH-': 'it is an SSH server',
};

/** What is wrong with a peer whose first bytes are not Dask's. */
export function strangerError(address: string, first: Uint8Array, cause: unknown): CommError {
  const text = Buffer.from(first.subarray(0, 40)).toString('latin1');
  const known = Object.keys(STRANGERS).find((start) => text.startsWith(start));
  const what = known ? STRANGERS[known] : `its first bytes are ${JSON.stringify(text.slice(0, 20))}`;
  return new CommError(`${address} does not speak Dask's protocol: ${what}`, address, { cause });
}

const UNKNOWN_SIGNER = 'its certificate was not signed by the authority given as `ca`';
const OTHER_AUTHORITY = 'it refused our certificate: it must be signed by the authority of the cluster';

/** What a peer says as it ends TLS, by the end of OpenSSL's codes: their beginnings differ between its versions. */
const ALERTS: Readonly<Record<string, string>> = {
  UNKNOWN_CA: OTHER_AUTHORITY,
  // So does a signature look of an authority of the same name.
  DECRYPT_ERROR: OTHER_AUTHORITY,
  BAD_CERTIFICATE: OTHER_AUTHORITY,
  CERTIFICATE_EXPIRED: 'it refused our certificate: it has expired, or is not valid yet',
  CERTIFICATE_REQUIRED: 'it wants a certificate: give { ca, cert, key }',
  HANDSHAKE_FAILURE: 'it refused our certificate, or none of its ciphers is ours',
};

/** What to do about an error of a socket, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is it running, and is the port right?',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'nothing answered',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS: write tcp:// if it is on this machine, or start it with certificates',
  EPROTO: 'TLS failed: does it speak TLS, 1.2 or newer?',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_SIGNER,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_SIGNER,
  CERT_SIGNATURE_FAILURE: UNKNOWN_SIGNER,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the time right on both machines?',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'TLS was not agreed upon in time: does it speak TLS?',
};

/** A peer that hung up before it said anything. */
export function noGreeting(address: string, cause?: unknown): CommError {
  const why = address.startsWith('tls:')
    ? 'it refused our certificate, which the authority of the cluster must have signed, or is shutting down'
    : 'it wants TLS (write tls:// and give certificates), or is shutting down';
  return new CommError(`${address} hung up without a greeting: ${why}`, address, { cause });
}

/** An error of a socket, with the address and what to do. */
export function socketError(address: string, cause: Error, established: boolean): CommError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (!established && code === 'ECONNRESET') return noGreeting(address, cause);
  const remedy = REMEDIES[code] ?? ALERTS[/_ALERT_(\w+)$/.exec(code)?.[1] ?? ''];
  if (established && remedy === undefined)
    return new CommClosedError(`the connection to ${address} broke: ${cause.message}`, address, { cause });
  return new CommError(`cannot talk to ${address}: ${remedy ?? cause.message}`, address, { cause });
}
