/**
 * Builds etcd, kube-apiserver, kube-controller-manager and kube-scheduler for tests, in one binary.
 *
 *     node scripts/tools/control-plane.mjs     prints where it lies
 *
 * The sources come from the Go module proxy, by test/kubernetes/tools/go.sum; Go 1.26 is needed. Where there is no such Go the exit code is 75 (see
 * scripts/venv.mjs). The binary lies in .cache/kubernetes-tools.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone, CANNOT, lastLine } from '../venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const MODULE = path.join(ROOT, 'test/kubernetes/tools');
const HOME = path.join(ROOT, '.cache/kubernetes-tools');

/** The path of the binary, which is built where it is not yet. @throws an Error of one line where it cannot be */
export function controlPlane() {
  const sum = createHash('sha256').update(linkerFlags());
  for (const file of ['main.go', 'go.mod', 'go.sum']) sum.update(readFileSync(path.join(MODULE, file)));
  const binary = path.join(HOME, `control-plane-${sum.digest('hex').slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  mkdirSync(HOME, { recursive: true });
  alone(`${binary}.lock`, () => existsSync(binary) || build(binary));
  return binary;
}

/** Small, and of a version that it tells to those who ask: Kubernetes' own scripts put it in so. */
function linkerFlags() {
  const [, version] = /k8s\.io\/kubernetes (v[\d.]+)/.exec(readFileSync(path.join(MODULE, 'go.mod'), 'utf8'));
  const [major, minor] = version.slice(1).split('.');
  const known = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor });
  return ['-s -w', ...known.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)].join(
    ' ',
  );
}

function build(binary) {
  const partial = `${binary}.partial`;
  const args = ['build', '-trimpath', `-ldflags=${linkerFlags()}`, '-buildvcs=false', '-o', partial, '.'];
  try {
    execFileSync('go', args, {
      cwd: MODULE,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
      stdio: ['ignore', 'inherit', 'pipe'],
      maxBuffer: 2 ** 28,
    });
    renameSync(partial, binary);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new Error(`no control plane of Kubernetes: Go 1.26 builds it (${lastLine(error)})`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(controlPlane());
  } catch (error) {
    console.error(error.message);
    process.exitCode = CANNOT;
  }
}
