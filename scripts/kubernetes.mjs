/**
 * Runs the tests of test/kubernetes/server/: the chart on a real API server, its pods as processes.
 *
 *     npm run test:kubernetes [-- arguments for vitest run]
 *
 * Root is needed (Linux on x86-64), and Go 1.26 the first time, when it builds the API server for many minutes. All of it runs in namespaces of processes,
 * mounts and networks, whose only network is their own: when this ends, nothing of it is left.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlPlane } from './tools/control-plane.mjs';
import { kubernetesTools } from './tools/kubernetes.mjs';
import { venv } from './venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const TESTS = 'test/kubernetes/server/';

try {
  if (process.getuid() !== 0) throw new Error('mounts and networks of its own need root');
  // From registries, which are not reached inside.
  kubernetesTools();
  venv('kubernetes', 'test/kubernetes/requirements.txt');
  venv('notebook', 'deploy/images/notebook/requirements.txt');
  const server = controlPlane();
  const spaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  // Layers of images must not lie on the disk that is beneath them.
  const ownMemory = ['sh', '-ec', 'mount -t tmpfs tmpfs /dev/shm; exec "$@"', 'sh'];
  const args = [
    ...spaces,
    ...ownMemory,
    process.execPath,
    vitest,
    'run',
    TESTS,
    '--no-file-parallelism',
    ...process.argv.slice(2),
  ];
  const env = { ...process.env, TILEWORK_KUBERNETES: server };
  const { status } = spawnSync('unshare', args, { cwd: ROOT, stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`not tested on a real API server: ${error.message}`);
  process.exitCode = 1;
}
