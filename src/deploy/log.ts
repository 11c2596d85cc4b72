import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeployError } from './errors.js';
import { stateDirectory } from './files.js';
import { redact } from './redact.js';

/** A file with all that commands were told and said, but secrets. */
export interface Log {
  readonly path: string;
  write(text: string): void;
}

/**
 * Starts a log in the user's directory of states; `name` is part of its own. Where it can be written no further, what it is of goes on.
 *
 * @param warn is told so
 * @throws DeployError where it cannot be begun: nothing has been done then
 */
export function openLog(name: string, warn: (line: string) => void): Log {
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  let path = '';
  try {
    path = join(stateDirectory('logs'), `${time}-${name}-${process.pid}.log`);
    writeFileSync(path, `${name}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if (path !== '') rmSync(path, { force: true });
    throw new DeployError(
      `no log can be written (${path}: ${(cause as Error).message}): make room, or name another directory by XDG_STATE_HOME`,
      { cause },
    );
  }
  let full = false;
  const write = (text: string): void => {
    if (full) return;
    try {
      appendFileSync(path, redact(text, process.env));
    } catch (error) {
      full = true;
      warn(`the log ${path} ends here: ${(error as Error).message}`);
    }
  };
  return { path, write };
}
