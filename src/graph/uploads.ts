/** Files that a client uploads together, and that functions import by name. */
export interface Upload {
  /** Of names, paths and bytes. */
  readonly hash: string;
  /** Packages: what they are imported by. */
  readonly names: readonly string[];
  /** By paths that begin with a package's name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Of packages that a function imports and that were uploaded: the hash of the upload. */
export type Uploads = Readonly<Record<string, string>>;

/** What names mean in this thread: what was uploaded last under them. */
const uploaded = new Map<string, string>();
let changes = 0;

/** From now on functions that import these names mean this upload. */
export function noteUploads(uploads: Uploads): void {
  for (const [name, hash] of Object.entries(uploads)) {
    if (uploaded.get(name) === hash) continue;
    uploaded.set(name, hash);
    changes++;
  }
}

/** Changes where a name comes to mean something else: what was made of a function before may be so no more. */
export const uploadsVersion = (): number => changes;

/** The package that a specifier names: `@me/tools` of `@me/tools/steps.js`. */
const packageOf = (specifier: string): string =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** The uploads that specifiers name; undefined where there are none. */
export function uploadsOf(specifiers: Iterable<string>): Uploads | undefined {
  const found: Record<string, string> = {};
  for (const specifier of specifiers) {
    const name = packageOf(specifier);
    const hash = uploaded.get(name);
    if (hash !== undefined) found[name] = hash;
  }
  return Object.keys(found).length > 0 ? Object.freeze(found) : undefined;
}

/** Whether a path of an upload stays below the directory that it is put in. */
export const isInside = (path: string): boolean =>
  path !== '' && !/[\\\0:]/.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));
