import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/**
 * The peak resident size of this process, in bytes. Linux counts to what resourceUsage() says also what the process took that
 * started this one, of which the limit of an engine here knows nothing.
 */
export const peakResident = () =>
  existsSync(STATUS)
    ? Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(STATUS, 'utf8'))[1]) * 1024
    : process.resourceUsage().maxRSS * 1024;
