import type { AnyNode, Class, Expression, Function as FunctionNode, Pattern } from 'acorn';

/** What a function's text refers to beyond itself. */
export interface Analysis {
  /** Names read or written but bound nowhere in the function, in order of appearance, with the properties read of each. */
  readonly free: ReadonlyMap<string, ReadonlySet<string>>;
  /** Constructs whose meaning depends on where the function was written. */
  readonly problems: readonly string[];
  /** What it imports; undefined for each specifier that it computes. */
  readonly imports: readonly (string | undefined)[];
}

interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | null;
  /** Where `var` lands. */
  readonly isFunction: boolean;
}

interface Reference {
  readonly name: string;
  readonly scope: Scope;
  readonly property?: string;
}

/**
 * Free variables of a function by lexical scoping, as strict code has it: references are gathered with the scope they
 * stand in while declarations fill the scopes, and resolved when all of the text was seen, which makes hoisting
 * come out by itself. A temporal dead zone is no concern: a name in it is bound.
 */
export function analyse(fn: Expression): Analysis {
  const walk = new Walk();
  walk.visit(fn, { names: new Set(), parent: null, isFunction: true });
  const free = new Map<string, Set<string>>();
  for (const { name, scope, property } of walk.references) {
    let at: Scope | null = scope;
    while (at && !at.names.has(name)) at = at.parent;
    if (at) continue;
    const properties = free.get(name) ?? new Set();
    free.set(name, properties);
    if (property !== undefined) properties.add(property);
  }
  return { free, problems: [...new Set(walk.problems)], imports: walk.imports };
}

class Walk {
  readonly references: Reference[] = [];
  readonly problems: string[] = [];
  readonly imports: (string | undefined)[] = [];
  /** How many enclosing constructs give `this` a meaning of their own; the shipped function itself gives none. */
  private thisDepth = 0;
  private functionDepth = 0;

  visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.references.push({ name: node.name, scope });
        return;
      case 'ThisExpression':
        if (this.thisDepth === 0) this.problems.push('`this`');
        return;
      case 'Super':
        if (this.thisDepth === 0) this.problems.push('`super`');
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.problems.push('`import.meta`');
        return;
      case 'ImportExpression': {
        const { source } = node;
        if (source.type === 'Literal' && typeof source.value === 'string' && /^\.\.?\//.test(source.value)) {
          this.problems.push(`\`import(${JSON.stringify(source.value)})\` (a relative path)`);
        }
        this.imports.push(textOf(source));
        this.children(node, scope);
        return;
      }
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') this.problems.push('`eval(…)`');
        if (node.callee.type === 'Identifier' && IMPORTERS.has(node.callee.name))
          this.imports.push(textOf(node.arguments[0]));
        this.children(node, scope);
        return;
      case 'MemberExpression':
        if (node.object.type === 'Identifier' && node.property.type === 'Identifier' && !node.computed) {
          this.references.push({ name: node.object.name, scope, property: node.property.name });
          return;
        }
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Property':
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      case 'VariableDeclaration':
        for (const declarator of node.declarations) {
          this.declare(declarator.id, node.kind === 'var' ? functionScope(scope) : scope, scope);
          if (declarator.init) this.visit(declarator.init, scope);
        }
        return;
      case 'FunctionDeclaration':
        if (node.id) scope.names.add(node.id.name);
        this.function(node, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.function(node, node.id ? inner(scope, [node.id.name]) : scope);
        return;
      case 'ClassDeclaration':
        if (node.id) scope.names.add(node.id.name);
        this.class(node, scope);
        return;
      case 'ClassExpression':
        this.class(node, scope);
        return;
      case 'CatchClause': {
        const own = inner(scope);
        if (node.param) this.declare(node.param, own, own);
        this.visit(node.body, own);
        return;
      }
      case 'SwitchStatement': {
        this.visit(node.discriminant, scope);
        const own = inner(scope);
        for (const part of node.cases) this.children(part, own);
        return;
      }
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.children(node, inner(scope));
        return;
      default:
        this.children(node, scope);
    }
  }

  /** Visits the nodes that are properties of a node. */
  private children(node: AnyNode, scope: Scope): void {
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) this.visit(child, scope);
      }
    }
  }

  private function(node: FunctionNode | AnyFunction, scope: Scope): void {
    const arrow = node.type === 'ArrowFunctionExpression';
    const givesThis = !arrow && this.functionDepth > 0;
    const params: Scope = { names: new Set(arrow ? [] : ['arguments']), parent: scope, isFunction: true };
    this.functionDepth += 1;
    if (givesThis) this.thisDepth += 1;
    for (const param of node.params) this.declare(param, params, params);
    // Defaults of parameters do not see the body's declarations, hence a scope of its own.
    if (node.body.type === 'BlockStatement') {
      this.children(node.body, { names: new Set(), parent: params, isFunction: true });
    } else this.visit(node.body, params);
    if (givesThis) this.thisDepth -= 1;
    this.functionDepth -= 1;
  }

  private class(node: Class, scope: Scope): void {
    const own = inner(scope, node.id ? [node.id.name] : []);
    if (node.superClass) this.visit(node.superClass, own);
    for (const member of node.body.body) {
      if (member.type !== 'StaticBlock' && member.computed) this.visit(member.key, own);
      this.thisDepth += 1;
      if (member.type === 'StaticBlock')
        this.children(member, { names: new Set(), parent: own, isFunction: true });
      else if (member.value) this.visit(member.value, own);
      this.thisDepth -= 1;
    }
  }

  /** Binds the names of a pattern in `target`; its defaults and computed keys are read in `scope`. */
  private declare(pattern: Pattern, target: Scope, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier':
        target.names.add(pattern.name);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.declare(property.argument, target, scope);
          else {
            if (property.computed) this.visit(property.key, scope);
            this.declare(property.value, target, scope);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.declare(element, target, scope);
        return;
      case 'AssignmentPattern':
        this.declare(pattern.left, target, scope);
        this.visit(pattern.right, scope);
        return;
      case 'RestElement':
        this.declare(pattern.argument, target, scope);
        return;
      case 'MemberExpression':
        this.visit(pattern, scope);
    }
  }
}

type AnyFunction = Extract<
  AnyNode,
  { type: 'ArrowFunctionExpression' | 'FunctionExpression' | 'FunctionDeclaration' }
>;

/** What a test runner makes of `import()`. */
const IMPORTERS: ReadonlySet<string> = new Set(['__vite_ssr_dynamic_import__', '__vi_import_dynamic__']);

const textOf = (node: AnyNode | undefined): string | undefined =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

const isNode = (x: unknown): x is AnyNode =>
  typeof x === 'object' && x !== null && typeof (x as { type?: unknown }).type === 'string';

const inner = (parent: Scope, names: readonly string[] = []): Scope => ({
  names: new Set(names),
  parent,
  isFunction: false,
});

function functionScope(scope: Scope): Scope {
  let at = scope;
  while (!at.isFunction) at = at.parent!;
  return at;
}
