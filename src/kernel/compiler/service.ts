import type TS from '@typescript/typescript6';
import { type Declared, declaredIn } from './declared.js';
import { Files, type Visible } from './files.js';
import type { Compilation, Problem } from './messages.js';
import { rewrite } from './rewrite.js';

/** Checks and compiles cells, knowing what earlier ones declare. */
export class CellCompiler {
  private readonly files: Files;
  private readonly service: TS.LanguageService;
  private readonly visible = new Map<string, Visible>();
  private readonly pending = new Map<string, { declared: readonly Declared[]; steps: Map<string, number> }>();

  /** @param folder of the notebook: imports are resolved from there */
  constructor(
    private readonly ts: typeof TS,
    folder: string,
  ) {
    this.files = new Files(ts, folder);
    this.service = ts.createLanguageService(this.files.host, ts.createDocumentRegistry());
  }

  compile(id: string, source: string): Compilation {
    const { ts } = this;
    const declared = declaredIn(ts, ts.createSourceFile('cell.mts', source, ts.ScriptTarget.Latest));
    this.files.write(id, source, this.seenBy(declared), declared);
    const problems = this.problemsIn(id, source);
    if (problems.length > 0) {
      this.files.remove(id);
      return { problems };
    }
    const { code, map, names } = rewrite(ts, source);
    this.pending.set(id, { declared, steps: new Map(names.map(({ name, step }) => [name, step])) });
    return { cell: { id, code, map, names } };
  }

  ran(id: string, steps: number): void {
    const cell = this.pending.get(id);
    if (cell === undefined) return;
    this.pending.delete(id);
    const there = cell.declared.filter(({ name, value }) => !value || (cell.steps.get(name) ?? 0) <= steps);
    this.files.exports(id, there);
    for (const declared of there) this.visible.set(declared.name, { cell: id, declared });
  }

  forget(): void {
    this.visible.clear();
    this.pending.clear();
    this.files.clear();
  }

  /** Asks the language service about a position in text that is not run. */
  ask<T>(
    source: string,
    at: number,
    question: (service: TS.LanguageService, file: string, at: number) => T,
  ): T {
    const { ts, files } = this;
    const id = 'next';
    const declared = declaredIn(ts, ts.createSourceFile('cell.mts', source, ts.ScriptTarget.Latest));
    files.write(id, source, this.seenBy(declared), declared);
    try {
      return question(this.service, files.nameOf(id), at + files.offsetOf(id));
    } finally {
      files.remove(id);
    }
  }

  private seenBy(declared: readonly Declared[]): Visible[] {
    const own = new Set(declared.map(({ name }) => name));
    return [...this.visible.values()].filter(({ declared }) => !own.has(declared.name));
  }

  private problemsIn(id: string, source: string): Problem[] {
    const { service, files, ts } = this;
    const parsed = ts.createSourceFile('cell.mts', source, ts.ScriptTarget.Latest);
    const syntactic = syntaxErrors(ts, source);
    if (syntactic.length > 0)
      return syntactic.map(({ start = 0, code, messageText }) =>
        problemAt(parsed, start, code, ts.flattenDiagnosticMessageText(messageText, '\n')),
      );
    const found = service.getSemanticDiagnostics(files.nameOf(id));
    const problems = found.flatMap(({ start, code, messageText, category }) => {
      const at = (start ?? 0) - files.offsetOf(id);
      // What lies outside is not the user's: names that are passed on.
      if (category !== ts.DiagnosticCategory.Error || at < 0 || at > source.length) return [];
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      return [problemAt(parsed, at, code, `${message}${remedyOf(code, message)}`)];
    });
    return problems.length > 0 ? problems : this.disposedIn(parsed);
  }

  /** `using` on the top level would end with the cell. */
  private disposedIn(file: TS.SourceFile): Problem[] {
    const { ts } = this;
    return file.statements
      .filter(ts.isVariableStatement)
      .filter(({ declarationList: { flags } }) => (flags & ts.NodeFlags.BlockScoped) >= ts.NodeFlags.Using)
      .map((statement) => {
        const message =
          'what a cell declares with `using` would be disposed of at its end: use const, and dispose of it in a later cell';
        return problemAt(file, statement.getStart(file), 0, message);
      });
  }
}

/** What is no TypeScript, of a cell by itself. */
export const syntaxErrors = (ts: typeof TS, source: string): readonly TS.Diagnostic[] =>
  ts.transpileModule(source, {
    fileName: 'cell.mts',
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).diagnostics ?? [];

/** Cannot find module, to import from or for its side effects. */
const MISSING = [2307, 2882];

/** What to do about a package that is not there. */
function remedyOf(code: number, message: string): string {
  const [, name] = /'((?:@[^'/]+\/)?[\w~-][^'/:]*)(?:\/[^']*)?'/.exec(message) ?? [];
  return MISSING.includes(code) && name !== undefined
    ? ` In the folder of the notebook: npm install ${name}`
    : '';
}

function problemAt(file: TS.SourceFile, at: number, code: number, message: string): Problem {
  const { line, character } = file.getLineAndCharacterOfPosition(at);
  const text = file.text.split('\n')[line] ?? '';
  return { line: line + 1, column: character + 1, code, message, text };
}
