import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { atExit } from '../../engine/disk/cleanup.js';
import { makeSpillDirectory, removeSpillDirectory } from '../../engine/disk/spill-directory.js';
import { threadEntry } from '../../engine/thread-entry.js';
import { hashOf, replaceModuleFunctions } from '../wire/index.js';

/** The modules that clients sent to a worker: files of its own, from which its threads import. */
export class ModuleFiles {
  private directory: string | undefined;
  private readonly urls = new Map<string, string>();

  /** @param parent where the files' directory is made, when the first comes; it is removed when the process ends */
  constructor(private readonly parent: string) {}

  /** What a layer's tasks share, its functions taken from files here. @param textOf gives a module's text by its hash */
  settle(common: object, textOf: (hash: string) => string): object {
    return replaceModuleFunctions(common, (fn) => {
      const hash = hashOf(fn);
      return hash === undefined ? fn : { ...fn, url: this.urlOf(hash, textOf) };
    });
  }

  private urlOf(hash: string, textOf: (hash: string) => string): string {
    let url = this.urls.get(hash);
    if (url === undefined) {
      this.directory ??= make(this.parent);
      const path = join(this.directory, `${hash}.mjs`);
      writeFileSync(path, textOf(hash), { mode: 0o600 });
      url = pathToFileURL(path).href;
      this.urls.set(hash, url);
    }
    return url;
  }
}

function make(parent: string): string {
  const directory = makeSpillDirectory(parent);
  atExit(() => removeSpillDirectory(directory));
  // Modules that import tilework find this one.
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(
    fileURLToPath(new URL('../..', threadEntry())),
    join(directory, 'node_modules/tilework'),
    'junction',
  );
  return directory;
}
