import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { RUN } from '../compiler/rewrite.js';
import type { CompiledCell } from './messages.js';
import type { Scope } from './scope.js';

/** How cells come to what they import: `home` loads what the folder of the notebook has not. */
export type Load = (specifier: string) => Promise<unknown>;

export const urlOf = (folder: string, id: string): string =>
  pathToFileURL(join(folder, `cell-${id}.mts`)).href;

/** Starts a cell. Resolves to its last expression. @param step is told of statements that it came past */
export function runCode(
  cell: CompiledCell,
  scope: Scope,
  folder: string,
  home: Load,
  step: (n: number) => void,
): Promise<unknown> {
  scope.declare(cell.names.map(({ name }) => name));
  const shadowed = scope.isShadowedIn(cell.code);
  const before = `(function (${RUN}, __shadows) { ${shadowed ? 'with (__shadows) ' : ''}{ return (async () => { "use strict"; `;
  const script = new Script(`${before}${cell.code}\n})(); } })`, {
    filename: urlOf(folder, cell.id),
    columnOffset: -before.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const start = script.runInThisContext() as (run: unknown, shadows: object) => Promise<unknown>;
  const url = urlOf(folder, cell.id);
  const meta = { url, filename: fileURLToPath(url), dirname: folder };
  return start({ step, load: loader(folder, home), meta }, scope.shadows);
}

/** Imports as a module in the folder would. */
function loader(folder: string, home: Load): Load {
  const script = new Script('(specifier) => import(specifier)', {
    filename: urlOf(folder, 'import'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const load = script.runInThisContext() as Load;
  return async (specifier) => {
    try {
      return await load(specifier);
    } catch (error) {
      if (!isMissing(error, specifier)) throw error;
      return home(specifier).catch(() => Promise.reject(error));
    }
  };
}

/** Whether just this package is not there, and not another that it imports. */
function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return code === 'ERR_MODULE_NOT_FOUND' && (message ?? '').includes(`Cannot find package '${name}'`);
}
