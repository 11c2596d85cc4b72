import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

const DEFAULT_SHARE = 0.7;

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  ki: 2 ** 10,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mi: 2 ** 20,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gi: 2 ** 30,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  ti: 2 ** 40,
  tib: 2 ** 40,
};

/**
 * Bytes of a memory limit as users write it: a number of bytes, '512MB', '2GiB' (Kubernetes writes '2Gi'), or a share of what there is, '50%'.
 * Throws a TypeError where it is none of these.
 */
export function parseBytes(limit: number | string, available: () => number): number {
  if (typeof limit === 'number') {
    if (Number.isFinite(limit) && limit > 0) return Math.floor(limit);
    throw new TypeError(`memoryLimit must be a positive number of bytes, not ${limit}`);
  }
  const match = /^\s*((?:\d+(?:\.\d+)?|\.\d+)(?:e\+?\d{1,2})?)\s*([a-z]*|%)\s*$/i.exec(limit);
  const amount = Number(match?.[1]);
  const unit = match?.[2]?.toLowerCase();
  if (unit === '%' && amount > 0 && amount <= 100) return Math.floor((available() * amount) / 100);
  const factor = unit !== undefined && Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (factor === undefined || !(amount > 0))
    throw new TypeError(
      `memoryLimit must be like 2e9, '512MB', '2GiB' or '50%', not ${JSON.stringify(limit)}`,
    );
  return Math.floor(amount * factor);
}

/** What is left to blocks and programs when nothing is said: 70 % of the machine or its cgroup, whichever is smaller. */
export const defaultLimit = (): number => Math.floor(DEFAULT_SHARE * availableBytes());

/** Bytes of memory of the machine, or of the container that the process runs in. */
export function availableBytes(): number {
  let bytes = totalmem();
  for (const path of limitFiles()) {
    const limit = readLimit(path);
    if (limit !== undefined && limit < bytes) bytes = limit;
  }
  return bytes;
}

/** Files that hold limits of this process's control groups, versions 2 and 1, and of the groups above. */
function limitFiles(): string[] {
  const files = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
  for (const line of readText('/proc/self/cgroup').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || path === '/') continue;
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = parts.length; depth > 0; depth--) {
      const group = parts.slice(0, depth).join('/');
      if (controllers === '') files.push(`/sys/fs/cgroup/${group}/memory.max`);
      else if (controllers!.split(',').includes('memory'))
        files.push(`/sys/fs/cgroup/memory/${group}/memory.limit_in_bytes`);
    }
  }
  return files;
}

function readLimit(path: string): number | undefined {
  const text = readText(path).trim();
  // "max" means none; version 1 writes a number near 2^63 for none.
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
