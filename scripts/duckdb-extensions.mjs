/**
 * Puts extensions of DuckDB, that packages of the Python index carry, where DuckDB looks for them.
 *
 *     node scripts/duckdb-extensions.mjs     prints the directory, for TILEWORK_DUCKDB_EXTENSIONS
 *
 * They lie in .cache/duckdb-extensions. Where they cannot be installed the exit code is 75 (see scripts/venv.mjs).
 */
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANNOT, VenvError, venv } from './venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The directory of the extensions: `v<version>/<platform>/<name>.duckdb_extension` below it. Throws a VenvError where it cannot be made. */
export function duckdbExtensions() {
  const home = path.join(ROOT, '.cache', 'duckdb-extensions');
  const python = venv('duckdb-extensions', 'test/frame/remote/requirements.txt');
  const library = path.join(path.dirname(python), '..', 'lib');
  const [version] = readdirSync(library);
  const packages = path.join(library, version, 'site-packages');
  const platform = `${process.platform === 'darwin' ? 'osx' : 'linux'}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  for (const name of readdirSync(packages).filter((found) => /^duckdb_extension_[a-z_]+$/.test(found))) {
    const from = path.join(packages, name, 'extensions');
    for (const release of readdirSync(from))
      for (const file of readdirSync(path.join(from, release)))
        cpSync(path.join(from, release, file), path.join(home, release, platform, file));
  }
  return home;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(duckdbExtensions());
  } catch (error) {
    if (!(error instanceof VenvError)) throw error;
    console.error(error.message);
    process.exitCode = CANNOT;
  }
}
