import type TS from '@typescript/typescript6';

/** A name that a cell declares on its top level. */
export interface Declared {
  readonly name: string;
  /** Of a variable: whether later cells may assign to it. */
  readonly variable?: 'let' | 'const';
  /** The cell exports it itself. */
  readonly exported: boolean;
  /** There at run time: not a type or an interface. */
  readonly value: boolean;
}

/** The names that a cell declares on its top level, types among them. */
export function declaredIn(ts: typeof TS, file: TS.SourceFile): Declared[] {
  const found = new Map<string, Declared>();
  const add = (name: string, from: TS.Node, value = true, variable?: 'let' | 'const'): void => {
    const exported = ts.canHaveModifiers(from)
      ? (ts.getModifiers(from)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
      : false;
    const before = found.get(name);
    found.set(name, {
      name,
      exported,
      value: value || (before?.value ?? false),
      ...(variable && { variable }),
    });
  };
  const bind = (name: TS.BindingName, from: TS.VariableStatement, variable: 'let' | 'const'): void => {
    if (ts.isIdentifier(name)) add(name.text, from, true, variable);
    else for (const each of name.elements) if (!ts.isOmittedExpression(each)) bind(each.name, from, variable);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      const variable = declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let';
      for (const { name } of declarationList.declarations) bind(name, statement, variable);
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name) add(statement.name.text, statement);
    } else if (ts.isEnumDeclaration(statement)) add(statement.name.text, statement);
    else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      add(statement.name.text, statement, false);
    else if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) {
      if (statement.name.text !== 'global') add(statement.name.text, statement);
    } else if (ts.isImportDeclaration(statement)) imported(ts, statement, add);
  }
  return [...found.values()];
}

function imported(
  ts: typeof TS,
  statement: TS.ImportDeclaration,
  add: (name: string, from: TS.Node, value?: boolean) => void,
): void {
  const clause = statement.importClause;
  if (clause === undefined) return;
  const value = clause.phaseModifier !== ts.SyntaxKind.TypeKeyword;
  if (clause.name) add(clause.name.text, statement, value);
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) add(bindings.name.text, statement, value);
  else for (const { name, isTypeOnly } of bindings.elements) add(name.text, statement, value && !isTypeOnly);
}
