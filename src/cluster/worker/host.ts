import { readdirSync, readFileSync } from 'node:fs';

/** Bytes that the machine has received and sent over its network since it started; undefined where the system does not say. */
export interface NetworkCount {
  readonly received: number;
  readonly sent: number;
}

/** Adds up Linux's table of interfaces (`/proc/net/dev`): a name, then numbers, of which the first and the ninth are bytes. */
export function countNetwork(table: string): NetworkCount {
  let received = 0;
  let sent = 0;
  for (const line of table.split('\n')) {
    const [name, numbers] = line.split(':');
    if (name === undefined || numbers === undefined) continue;
    const columns = numbers.trim().split(/\s+/).map(Number);
    received += columns[0] ?? 0;
    sent += columns[8] ?? 0;
  }
  return { received, sent };
}

export function networkCount(): NetworkCount | undefined {
  try {
    return countNetwork(readFileSync('/proc/net/dev', 'latin1'));
  } catch {
    return undefined;
  }
}

/** Files, sockets and the like that the process has open; 0 where the system does not say. */
export function openFiles(): number {
  try {
    // One is open for the listing itself.
    return readdirSync('/dev/fd').length - 1;
  } catch {
    return 0;
  }
}
