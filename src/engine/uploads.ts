import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { link, packagesOf } from '../graph/upload-base.js';
import { isInside, type Upload } from '../graph/uploads.js';
import { atExit } from './disk/cleanup.js';
import { makeSpillDirectory, nameSpillDirectory, removeSpillDirectory } from './disk/spill-directory.js';
import { EngineError } from './errors.js';
import { threadEntry } from './thread-entry.js';

/** The uploads that an engine's threads import from: files in a directory of its own, which is made when the first comes. */
export class UploadFiles {
  /** Where threads look, whether there is anything yet or not. */
  readonly root: string;
  private readonly directory: string;
  private readonly installed = new Set<string>();
  private forget: (() => void) | undefined;

  constructor(private readonly parent: string) {
    this.directory = nameSpillDirectory(parent);
    this.root = join(this.directory, 'uploads');
  }

  has(hash: string): boolean {
    return this.installed.has(hash);
  }

  /**
   * Writes an upload, all of it or nothing.
   * @throws EngineError where a path leads elsewhere, SpillError where there is no place for files
   */
  install({ hash, files }: Pick<Upload, 'hash' | 'files'>): void {
    if (this.installed.has(hash)) return;
    if (!/^[0-9a-f]+$/.test(hash)) throw new EngineError(`${JSON.stringify(hash)} is no hash of an upload`);
    for (const path of files.keys())
      if (!isInside(path))
        throw new EngineError(`an upload has the path ${JSON.stringify(path)}, which leads elsewhere`);
    this.make();
    const partial = join(this.root, `part-${hash}`);
    for (const [path, bytes] of files) {
      const file = join(partial, 'node_modules', path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, bytes, { mode: 0o600 });
    }
    renameSync(partial, dirname(packagesOf(this.root, hash)));
    this.installed.add(hash);
  }

  remove(): void {
    if (this.forget === undefined) return;
    this.forget();
    this.forget = undefined;
    removeSpillDirectory(this.directory);
  }

  private make(): void {
    if (this.forget !== undefined) return;
    makeSpillDirectory(this.parent, this.directory);
    this.forget = atExit(() => removeSpillDirectory(this.directory));
    // Uploads that import tilework find this one, and then what the process itself would find.
    link(fileURLToPath(new URL('../..', threadEntry())), join(this.root, 'node_modules/tilework'));
    const own = nearestPackages(process.cwd());
    if (own !== undefined) link(own, join(this.directory, 'node_modules'));
  }
}

function nearestPackages(directory: string): string | undefined {
  const own = join(directory, 'node_modules');
  if (existsSync(own)) return own;
  const above = dirname(directory);
  return above === directory ? undefined : nearestPackages(above);
}
