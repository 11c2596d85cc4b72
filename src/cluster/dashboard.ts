import { parseAddress } from './comm/index.js';

/** A dashboard as the scheduler's module tells of it, at the host by which this program knows the scheduler. */
export function dashboardAt(address: string, told: unknown): string | undefined {
  if (typeof told !== 'string') return undefined;
  const { host } = parseAddress(address);
  return told.replace('{host}', host.includes(':') ? `[${host}]` : host);
}
