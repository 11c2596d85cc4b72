import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type TS from '@typescript/typescript6';
import type { Declared } from './declared.js';

/** A name of an earlier cell. */
export interface Visible {
  readonly cell: string;
  readonly declared: Declared;
}

interface File {
  readonly version: number;
  /** Imports of what earlier cells declare, on a line before the cell. */
  readonly header: string;
  readonly source: string;
  readonly footer: string;
}

/** Where imports are resolved that the folder of the notebook has not: tilework itself, and what is installed beside it. */
const HOME = dirname(fileURLToPath(import.meta.url));
const GLOBALS = 'globals.d.ts';
/** What does not change while the notebook is open: read once. */
const DECLARATIONS = /\.d\.[mc]?ts$/;
const CELL = /^\.\/cell-([\d.]+)\.mjs$/;

/** Cells as modules that exist only in memory, in the folder of the notebook. Each exports what it declares. */
export class Files {
  private readonly files = new Map<string, File>();
  private version = 0;
  readonly host: TS.LanguageServiceHost;

  constructor(
    private readonly ts: typeof TS,
    private readonly folder: string,
  ) {
    this.host = this.makeHost();
  }

  nameOf(id: string): string {
    return join(this.folder, `cell-${id}.mts`);
  }

  offsetOf(id: string): number {
    return this.files.get(id)?.header.length ?? 0;
  }

  write(id: string, source: string, visible: readonly Visible[], declared: readonly Declared[]): void {
    this.set(id, { header: `${visible.map(importOf).join(' ')}\n`, source, footer: exportsOf(declared) });
  }

  exports(id: string, declared: readonly Declared[]): void {
    const file = this.files.get(id);
    const footer = exportsOf(declared);
    if (file && footer !== file.footer) this.set(id, { ...file, footer });
  }

  remove(id: string): void {
    this.files.delete(id);
    this.version++;
  }

  clear(): void {
    this.files.clear();
    this.version++;
  }

  private set(id: string, file: Omit<File, 'version'>): void {
    this.files.set(id, { ...file, version: ++this.version });
  }

  /** Modules of the user's own may change while the notebook is open. */
  private versionOf(path: string): string {
    const file = this.find(path);
    if (file) return String(file.version);
    return DECLARATIONS.test(path) ? '0' : String(this.ts.sys.getModifiedTime?.(path)?.getTime() ?? 0);
  }

  private find(path: string): File | undefined {
    const [, id] = /^cell-(.+)\.mts$/.exec(path.slice(this.folder.length + 1)) ?? [];
    return id !== undefined && path === this.nameOf(id) ? this.files.get(id) : undefined;
  }

  private makeHost(): TS.LanguageServiceHost {
    const { ts, folder } = this;
    const node = typesOfNode(folder);
    const globals = join(folder, GLOBALS);
    const options: TS.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      lib: [
        'lib.es2024.d.ts',
        'lib.esnext.disposable.d.ts',
        'lib.esnext.iterator.d.ts',
        'lib.dom.d.ts',
        'lib.dom.iterable.d.ts',
      ],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      // Packages without types, and a function that is tried out.
      noImplicitAny: false,
      skipLibCheck: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      types: node === undefined ? [] : ['node'],
      ...(node !== undefined && { typeRoots: [node] }),
    };
    const text = (path: string): string | undefined => {
      const file = this.find(path);
      if (file) return file.header + file.source + file.footer;
      if (path === globals) return GLOBALS_TEXT + (node === undefined ? WITHOUT_NODE : '');
      return ts.sys.readFile(path);
    };
    const home = join(HOME, 'cell.mts');
    const declarations = new Map<string, TS.IScriptSnapshot>();
    const cache = ts.createModuleResolutionCache(folder, (path) => path, options);
    const resolve = (name: string, from: string): TS.ResolvedModuleFull | undefined => {
      const mode = ts.ModuleKind.ESNext;
      return ts.resolveModuleName(name, from, options, ts.sys, undefined, undefined, mode).resolvedModule;
    };
    return {
      getCompilationSettings: () => options,
      getProjectVersion: () => String(this.version),
      getScriptFileNames: () => [globals, ...[...this.files.keys()].map((id) => this.nameOf(id))],
      getScriptVersion: (path) => this.versionOf(path),
      getScriptSnapshot: (path) => {
        const known = declarations.get(path);
        if (known) return known;
        const found = text(path);
        if (found === undefined) return undefined;
        const snapshot = ts.ScriptSnapshot.fromString(found);
        if (DECLARATIONS.test(path)) declarations.set(path, snapshot);
        return snapshot;
      },
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (each) => ts.getDefaultLibFilePath(each),
      fileExists: (path) => path === globals || this.find(path) !== undefined || ts.sys.fileExists(path),
      readFile: text,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath!,
      resolveModuleNameLiterals: (literals, containing, _redirected, _options, file) =>
        literals.map((literal) => {
          const [, cell] = CELL.exec(literal.text) ?? [];
          if (cell !== undefined && this.files.has(cell)) {
            const resolvedFileName = this.nameOf(cell);
            return { resolvedModule: { resolvedFileName, extension: ts.Extension.Mts } };
          }
          if (this.find(containing) === undefined) {
            const mode = ts.getModeForUsageLocation(file, literal, options);
            return ts.resolveModuleName(literal.text, containing, options, ts.sys, cache, undefined, mode);
          }
          const isPackage = !/^[./]/.test(literal.text);
          const resolvedModule =
            resolve(literal.text, containing) ?? (isPackage ? resolve(literal.text, home) : undefined);
          return { resolvedModule };
        }),
    };
  }
}

function importOf({ cell, declared: { name, variable } }: Visible): string {
  const module = `"./cell-${cell}.mjs"`;
  return variable
    ? `declare ${variable} ${name}: typeof import(${module}).${name};`
    : `import { ${name} } from ${module};`;
}

const exportsOf = (declared: readonly Declared[]): string =>
  `\nexport { ${declared
    .filter(({ exported }) => !exported)
    .map(({ name }) => name)
    .join(', ')} };`;

/** The folder `@types` that has Node's: the notebook's, else the one beside tilework. */
function typesOfNode(folder: string): string | undefined {
  for (const from of [folder, HOME])
    try {
      const found = createRequire(join(from, 'cell.cjs')).resolve('@types/node/package.json');
      return dirname(dirname(found));
    } catch {
      // The next one.
    }
  return undefined;
}

/** What cells find beside the language and Node. */
const GLOBALS_TEXT = `
interface Displayed { update(value: unknown): Promise<void>; }
/** Shows a value as a result: HTML of arrays and frames, SVG, images, elements, or its text. */
declare const display: {
  (value: unknown): Promise<Displayed>;
  html(text: string): Promise<Displayed>;
  svg(text: string): Promise<Displayed>;
  markdown(text: string): Promise<Displayed>;
  /** Removes what the cell has shown; \`wait\`: when the next output comes. */
  clear(wait?: boolean): void;
};
declare const require: (name: string) => any;
`;
/** Where Node's types are not installed. */
const WITHOUT_NODE = `
declare const process: any;
declare const Buffer: any;
declare module 'node:*';
`;
