import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirectory } from './files.js';
import { redact } from './redact.js';

/** A file with all that commands were told and said, but secrets. */
export interface Log {
  readonly path: string;
  write(text: string): void;
}

/** Starts a log in the user's directory of states; `name` is part of its own. */
export function openLog(name: string): Log {
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const path = join(stateDirectory('logs'), `${time}-${name}-${process.pid}.log`);
  writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
  return { path, write: (text) => appendFileSync(path, redact(text, process.env)) };
}
