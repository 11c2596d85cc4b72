import { readFileSync } from 'node:fs';

/** What a connection file says: where to listen, and by which key messages are signed. */
export interface Connection {
  readonly key: string;
  /** Addresses for ZeroMQ. */
  readonly addresses: Readonly<Record<Channel, string>>;
}

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin' | 'hb';
const CHANNELS: readonly Channel[] = ['shell', 'control', 'iopub', 'stdin', 'hb'];

/** @throws Error naming the file and what is wrong with it */
export function readConnection(path: string): Connection {
  const wrong = (what: string, cause?: unknown) => new Error(`connection file ${path}: ${what}`, { cause });
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw wrong((cause as Error).message, cause);
  }
  const { transport = 'tcp', ip, key = '', signature_scheme: scheme = 'hmac-sha256' } = file;
  if (transport !== 'tcp' && transport !== 'ipc')
    throw wrong(`transport ${transport}; there are tcp and ipc`);
  if (scheme !== 'hmac-sha256') throw wrong(`signature_scheme ${scheme}; there is hmac-sha256`);
  if (typeof ip !== 'string' || typeof key !== 'string') throw wrong('ip and key are texts');
  const address = (channel: Channel): string => {
    const port = file[`${channel}_port`];
    if (!Number.isInteger(port)) throw wrong(`${channel}_port is missing`);
    return transport === 'tcp' ? `tcp://${ip}:${port}` : `ipc://${ip}-${port}`;
  };
  const addresses = Object.fromEntries(CHANNELS.map((channel) => [channel, address(channel)]));
  return { key, addresses: addresses as Record<Channel, string> };
}
