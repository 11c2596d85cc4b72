import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../engine/errors.js';
import type { ModuleSpec } from '../../graph/function-spec.js';
import { CHANGED, moduleTextNow } from '../../graph/module-text.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import { moduleFunctionsOf, moduleKey, replaceModuleFunctions, sentUrl, VALUE_OP } from '../wire/index.js';

interface Bundle {
  readonly hash: string;
  readonly text: string;
}

/** With what bundles begin: CommonJS modules among what is imported may require Node's own. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** As a thread does, a process reads a module once. */
const bundles = new Map<string, Promise<Bundle>>();

/**
 * A graph whose functions are such that any machine has them: where they live in files of this one, the files and all that they import are
 * bundled, and sent by tasks of their own. What bare specifiers name (`my-package/steps`) the workers must have.
 *
 * @throws EngineError where esbuild is missing, or cannot bundle a module: it says which, and why
 */
export async function withModules(graph: Graph): Promise<Graph> {
  const local = new Map<object, readonly ModuleSpec[]>();
  for (const { common } of graph.values()) {
    if (typeof common !== 'object' || common === null || local.has(common)) continue;
    local.set(common, moduleFunctionsOf(common).filter(isLocal));
  }
  const named = new Map([...local.values()].flat().map((fn) => [fn.url, fn]));
  if (named.size === 0) return graph;
  const made = new Map(
    await Promise.all([...named].map(async ([url, fn]) => [url, await bundleOf(fn)] as const)),
  );
  const replaced = new Map<object, object>();
  for (const [common, functions] of local)
    if (functions.length > 0)
      replaced.set(
        common,
        replaceModuleFunctions(common, (fn) => {
          const bundle = made.get(fn.url);
          return bundle === undefined ? fn : { kind: 'module', url: sentUrl(bundle.hash), name: fn.name };
        }),
      );
  const tasks = new Map<Key, Task>();
  for (const { hash, text } of made.values()) {
    const key = moduleKey(hash);
    tasks.set(key, { key, op: VALUE_OP, inputs: [], params: text });
  }
  for (const [key, task] of graph) {
    const common = replaced.get(task.common as object);
    tasks.set(key, common === undefined ? task : { ...task, common });
  }
  return tasks;
}

const isLocal = ({ url }: ModuleSpec): boolean => url.startsWith('file:');

function bundleOf({ url, text }: ModuleSpec): Promise<Bundle> {
  let bundle = bundles.get(url);
  if (bundle === undefined) {
    bundle = makeBundle(url, text);
    bundles.set(url, bundle);
    // What failed may be put right.
    bundle.catch(() => bundles.delete(url));
  }
  return bundle;
}

async function makeBundle(url: string, named: string | undefined): Promise<Bundle> {
  // A task sends its own module on: the worker's file is a bundle already.
  const present = await readFile(fileURLToPath(url), 'utf8').catch(() => '');
  if (present.startsWith(BANNER)) return bundleOfText(present);
  const { build } = await esbuild(url);
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(url)],
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // Workers have tilework: what a task asks of it must be theirs.
      external: ['tilework', 'tilework/*'],
      banner: { js: BANNER },
      write: false,
      logLevel: 'silent',
    });
    if (named !== undefined && moduleTextNow(url) !== named) throw new Error(CHANGED);
    return bundleOfText(outputFiles[0]!.text);
  } catch (cause) {
    throw new EngineError(`cannot bundle ${url} for workers: ${(cause as Error).message}`, { cause });
  }
}

const bundleOfText = (text: string): Bundle => ({
  hash: createHash('sha256').update(text).digest('hex').slice(0, 32),
  text,
});

async function esbuild(url: string): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new EngineError(
      `${url} is a file of this machine: to send it to workers, with what it imports, takes esbuild (npm install esbuild). Or install it as a package on the workers, and name it by its specifier`,
      { cause },
    );
  }
}
