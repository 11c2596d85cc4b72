import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** The exit code of scripts that need what is not here. */
const CANNOT = 75;

/** What a script of ours prints. Where it cannot be run here that is an error on CI, and elsewhere said: then undefined. */
export function runScript(what: string, script: string, ...args: string[]): string | undefined {
  const file = path.join(ROOT, 'scripts', script);
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], options);
  if (status === 0) return stdout.trim();
  if (status !== CANNOT || process.env.CI) throw new Error(`${script}: ${stderr.trim()}`);
  console.warn(`${what} not tested: ${stderr.trim()}`);
  return undefined;
}

/** The python of an environment of ours, or undefined as above. */
export const pythonOf = (what: string, name: string, requirements: string): string | undefined =>
  runScript(what, 'venv.mjs', name, requirements);
