import { spawnSync } from 'node:child_process';

/** Runs a command with a disk of 8 MiB at a directory, seen by it only: it is gone with the process. */
export const withDisk = (directory: string): string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user']),
  'sh',
  '-c',
  'mount -t tmpfs -o size=8m none "$0" && exec "$@"',
  directory,
];

const trial = spawnSync(
  'sh',
  ['-c', 'd=$(mktemp -d); "$@" 2>&1; e=$?; rmdir "$d"; exit $e', 'sh', ...withDisk('/mnt'), 'true'],
  {
    encoding: 'utf8',
  },
);
/** Why there is no such disk here; '' where there is. */
export const cannot = trial.status === 0 ? '' : `cannot mount a small disk here: ${trial.stdout.trim()}`;
if (cannot !== '') console.warn(cannot);
