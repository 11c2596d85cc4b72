import { isIP } from 'node:net';

/** Where a peer listens. */
export interface Address {
  readonly scheme: 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `tcp://host:port` or `tls://host:port`; IPv6 addresses are in brackets.
 *
 * @throws TypeError saying what an address looks like
 */
export function parseAddress(text: string): Address {
  const match = /^(tcp|tls):\/\/(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  const port = Number(match?.[4]);
  if (match === null || host === undefined || !(port >= 1 && port <= 65535) || (match[2] && isIP(host) !== 6))
    throw new TypeError(
      `${JSON.stringify(text)} is no address: write tcp://host:8786, tls://host:8786 or tcp://[::1]:8786`,
    );
  return { scheme: match[1] as 'tcp' | 'tls', host, port };
}

/** An address with its scheme: as in Dask's own programs, and charts, it may be left out. Where there are certificates it is TLS. */
export const withScheme = (text: string, certificates: boolean): string =>
  /^[^:/]+:\d+$/.test(text) ? `${certificates ? 'tls' : 'tcp'}://${text}` : text;

export function formatAddress({ scheme, host, port }: Address): string {
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Whether a host is this machine, seen by this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
