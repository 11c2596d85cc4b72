import type TS from '@typescript/typescript6';
import type { DeclaredName } from '../cells/messages.js';

/** What cells call that runs them: `step(n)` after statements that declare, `load(name)` for imports; and `meta`, their `import.meta`. */
export const RUN = '__cell';

export interface Rewritten {
  /** The body of an asynchronous function that returns the last expression. */
  readonly code: string;
  /** A source map as JSON. */
  readonly map: string;
  readonly names: readonly DeclaredName[];
}

/**
 * A cell of TypeScript as JavaScript whose declarations outlive it: what it declares on its top level is assigned to names that the notebook
 * has, functions first, then imports, then the rest in its order. What lies deeper stays as it is, so the text of functions stays too.
 */
export function rewrite(ts: typeof TS, source: string): Rewritten {
  const names: DeclaredName[] = [];
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    fileName: 'cell.mts',
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      // An import that this cell does not use may be for a later one.
      verbatimModuleSyntax: true,
      experimentalDecorators: false,
    },
    transformers: {
      before: [(context) => (file) => (source.includes('import.meta') ? withMeta(ts, context, file) : file)],
      after: [
        ({ factory }) =>
          (file) => {
            const cell = new Statements(ts, factory, names);
            return factory.updateSourceFile(file, cell.of(file.statements));
          },
      ],
    },
  });
  const code = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  return { code, map: sourceMapText!, names };
}

/** Cells are no modules to Node: what `import.meta` says to those is said to cells by what runs them. */
function withMeta(ts: typeof TS, context: TS.TransformationContext, file: TS.SourceFile): TS.SourceFile {
  const { factory } = context;
  const visit = (node: TS.Node): TS.Node =>
    ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
      ? factory.createPropertyAccessExpression(factory.createIdentifier(RUN), 'meta')
      : ts.visitEachChild(node, visit, context);
  return ts.visitEachChild(file, visit, context);
}

class Statements {
  private step = 0;

  constructor(
    private readonly ts: typeof TS,
    private readonly factory: TS.NodeFactory,
    private readonly names: DeclaredName[],
  ) {}

  of(statements: readonly TS.Statement[]): TS.Statement[] {
    const { ts } = this;
    const functions = statements.filter(ts.isFunctionDeclaration);
    const imports = statements.filter(ts.isImportDeclaration);
    const apart = [ts.isFunctionDeclaration, ts.isImportDeclaration, ts.isExportDeclaration];
    const rest = statements.filter((statement) => !apart.some((is) => is(statement)));
    const last = rest.at(-1);
    return [
      ...functions.flatMap((each) => this.function(each)),
      ...imports.flatMap((each) => this.import(each)),
      ...rest.flatMap((each) => this.statement(each, each === last)),
    ];
  }

  private statement(statement: TS.Statement, last: boolean): TS.Statement[] {
    const { ts, factory } = this;
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap((each) => this.variable(each));
    if (ts.isClassDeclaration(statement) && statement.name) {
      const modifiers = statement.modifiers?.filter((each) => ts.isDecorator(each));
      const { name, typeParameters, heritageClauses, members } = statement;
      const value = factory.createClassExpression(modifiers, name, typeParameters, heritageClauses, members);
      return this.assigned(name, value, statement);
    }
    if (ts.isExportAssignment(statement)) return [this.returned(statement.expression, statement)];
    if (ts.isExpressionStatement(statement) && last && !this.isDirective(statement))
      return [this.returned(statement.expression, statement)];
    return [statement];
  }

  private isDirective({ expression }: TS.ExpressionStatement): boolean {
    return this.ts.isStringLiteral(expression) && expression.text === 'use strict';
  }

  private returned(value: TS.Expression, from: TS.Node): TS.Statement {
    return this.ts.setTextRange(this.factory.createReturnStatement(value), from);
  }

  private variable({ name, initializer }: TS.VariableDeclaration): TS.Statement[] {
    const { ts, factory } = this;
    const value = initializer ?? factory.createVoidZero();
    return this.assigned(name, value, ts.getOriginalNode(name));
  }

  private function(declaration: TS.FunctionDeclaration): TS.Statement[] {
    const { ts, factory } = this;
    const { name, asteriskToken, typeParameters, parameters, body } = declaration;
    if (name === undefined || body === undefined) return [];
    const modifiers = declaration.modifiers?.filter(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    const value = factory.createFunctionExpression(
      modifiers as TS.Modifier[] | undefined,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      undefined,
      body,
    );
    return this.assigned(name, value, declaration);
  }

  private import({ importClause, moduleSpecifier }: TS.ImportDeclaration): TS.Statement[] {
    const { ts, factory } = this;
    const load = factory.createPropertyAccessExpression(factory.createIdentifier(RUN), 'load');
    const loaded = factory.createAwaitExpression(
      factory.createCallExpression(load, undefined, [moduleSpecifier]),
    );
    const bindings = importClause?.namedBindings;
    const elements: TS.BindingElement[] = [];
    const element = (property: string, name: TS.Identifier): void =>
      void elements.push(factory.createBindingElement(undefined, property, name));
    if (importClause?.name) element('default', importClause.name);
    if (bindings && ts.isNamespaceImport(bindings)) {
      const whole = this.assigned(bindings.name, loaded, moduleSpecifier);
      if (elements.length === 0) return whole;
      return [
        ...whole,
        ...this.assigned(factory.createObjectBindingPattern(elements), bindings.name, moduleSpecifier),
      ];
    }
    if (bindings)
      for (const each of bindings.elements) element((each.propertyName ?? each.name).text, each.name);
    if (elements.length === 0) return [factory.createExpressionStatement(loaded)];
    return this.assigned(factory.createObjectBindingPattern(elements), loaded, moduleSpecifier);
  }

  private assigned(to: TS.BindingName, value: TS.Expression, from: TS.Node): TS.Statement[] {
    const { ts, factory } = this;
    this.step++;
    const assignment = factory.createAssignment(this.target(to), value);
    const step = factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier(RUN), 'step'),
      undefined,
      [factory.createNumericLiteral(this.step)],
    );
    return [
      ts.setTextRange(
        factory.createExpressionStatement(factory.createParenthesizedExpression(assignment)),
        from,
      ),
      factory.createExpressionStatement(step),
    ];
  }

  /** What a declaration binds, as what an assignment assigns to. */
  private target(name: TS.BindingName): TS.Expression {
    const { ts, factory } = this;
    if (ts.isIdentifier(name)) {
      this.names.push({ name: name.text, step: this.step });
      return name;
    }
    if (ts.isArrayBindingPattern(name))
      return factory.createArrayLiteralExpression(
        name.elements.map((each) => (ts.isOmittedExpression(each) ? each : this.element(each))),
      );
    return factory.createObjectLiteralExpression(
      name.elements.map((each) => {
        if (each.dotDotDotToken) return factory.createSpreadAssignment(this.target(each.name));
        const property = each.propertyName ?? (each.name as TS.Identifier);
        return factory.createPropertyAssignment(this.plain(property), this.element(each));
      }),
    );
  }

  private element({ dotDotDotToken, name, initializer }: TS.BindingElement): TS.Expression {
    const target = this.target(name);
    if (dotDotDotToken) return this.factory.createSpreadElement(target);
    return initializer ? this.factory.createAssignment(target, initializer) : target;
  }

  /** A name of a property that is a node of its own, since no node may be in two places. */
  private plain(name: TS.PropertyName): TS.PropertyName {
    return this.ts.isIdentifier(name) ? this.factory.createIdentifier(name.text) : name;
  }
}
