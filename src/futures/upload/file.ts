import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { relativeImports } from '../../graph/module-text.js';
import { UploadError } from '../errors.js';

/** A module of WebAssembly as one that Node imports: what is compiled is its default export. */
const wasmModule = (name: string): string =>
  `import { readFileSync } from 'node:fs';\nexport default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(`./${name}`)}, import.meta.url)));\n`;

/**
 * A file as a package of its own name, which exports it.
 * @throws UploadError for a kind that is not imported, and for a module whose relative imports would not come with it
 */
export async function readFileAsPackage(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const name = basename(path);
  const kind = extname(path);
  const bytes = await readFile(path);
  const files = new Map([[name, new Uint8Array(bytes)]]);
  const put = (inner: string, text: string): unknown => files.set(inner, new TextEncoder().encode(text));
  if (kind === '.wasm') put('index.mjs', wasmModule(name));
  else if (kind === '.js' || kind === '.mjs' || kind === '.cjs') refuseRelatives(path, bytes.toString());
  else if (kind !== '.json')
    throw new UploadError(
      `${path}: a file to upload is a .js, .mjs, .cjs, .json or .wasm, a package as "npm pack" makes it (.tgz), or a directory. Of others pass the bytes as an argument, by scatter`,
    );
  const type = kind === '.js' ? await typeOf(path) : 'module';
  put('package.json', JSON.stringify({ name, type, exports: `./${kind === '.wasm' ? 'index.mjs' : name}` }));
  return files;
}

function refuseRelatives(path: string, text: string): void {
  const beside = relativeImports(text).find((inner) => existsSync(join(dirname(path), inner)));
  if (beside !== undefined)
    throw new UploadError(
      `${path} imports ${JSON.stringify(beside)}, which would not be there: upload the directory that both are in`,
    );
}

/** What Node takes a .js file for, by the package that it lies in. */
async function typeOf(path: string): Promise<string> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const file = join(directory, 'package.json');
    if (existsSync(file)) return packageIn(await readFile(file, 'utf8'), file).type ?? 'commonjs';
    if (directory === dirname(directory)) return 'commonjs';
  }
}

/**
 * What a package.json says.
 * @throws UploadError where it is none
 */
export function packageIn(text: string, path: string): { readonly name?: unknown; readonly type?: string } {
  try {
    const { name, type } = JSON.parse(text) as { readonly name?: unknown; readonly type?: string };
    return { name, ...(type !== undefined && { type }) };
  } catch (cause) {
    throw new UploadError(`${path}: its package.json cannot be read: ${(cause as Error).message}`, { cause });
  }
}
