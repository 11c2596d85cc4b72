import { readFileSync } from 'node:fs';

/** Who made something on disk: a process id alone is used again by the system. */
export interface Owner {
  readonly pid: number;
  /** Empty where the system does not tell. */
  readonly started: string;
}

/** This process. */
export const self = (): Owner => ({ pid: process.pid, started: startTime(process.pid) ?? '' });

/** Whether a process of this machine (and container) is still there. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const started = startTime(owner.pid);
  return started === undefined || owner.started === '' || started === owner.started;
}

/** When a process started, in the system's own units; undefined where the system does not tell. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start time is the 22nd field, the 20th behind the name.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
