import { createRequire } from 'node:module';
import type { parseExpressionAt as Parse } from 'acorn';
import { ColumnError } from '../errors.js';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/**
 * The properties of its first parameter that a function reads; undefined where that cannot be seen from its text (it passes the row on,
 * or computes names). So a function over rows is given the columns that it needs, and a name that is none is told at once.
 *
 * @param source of a function, as `shipFunction` takes it
 */
function propertiesRead(source: string): readonly string[] | undefined {
  // In CommonJS there is no import.meta.
  const here = typeof __filename === 'string' ? __filename : import.meta.url;
  const parse = createRequire(here)('acorn').parseExpressionAt as typeof Parse;
  const node = parse(`(${source})`, 0, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowSuperOutsideMethod: true,
  }) as unknown as Node;
  const params = node.params as readonly Node[];
  const [param] = params;
  if (param === undefined) return usesArguments(node) ? undefined : [];
  if (param.type === 'ObjectPattern') return usesArguments(node) ? undefined : patternNames(param);
  if (param.type !== 'Identifier' || usesArguments(node)) return undefined;
  const names = new Set<string>();
  const seen = [...params.slice(1), node.body].every((part) => collect(part, param.name as string, names));
  return seen ? [...names] : undefined;
}

function patternNames(pattern: Node): readonly string[] | undefined {
  const names: string[] = [];
  for (const property of pattern.properties as readonly Node[]) {
    if (property.type !== 'Property' || property.computed === true) return undefined;
    names.push(nameOf(property.key as Node));
  }
  return names;
}

const nameOf = (key: Node): string => String(key.type === 'Identifier' ? key.name : key.value);

/** Adds the properties of `name` that are read; false where it is used in another way. */
function collect(value: unknown, name: string, into: Set<string>): boolean {
  if (Array.isArray(value)) return value.every((item) => collect(item, name, into));
  if (!isNode(value)) return true;
  if (value.type === 'Identifier') return value.name !== name;
  if (value.type === 'MemberExpression') {
    const object = value.object as Node;
    const property = value.property as Node;
    if (object.type === 'Identifier' && object.name === name) {
      if (value.computed === true && !(property.type === 'Literal' && typeof property.value === 'string'))
        return false;
      into.add(nameOf(property));
      return true;
    }
    return collect(object, name, into) && (value.computed !== true || collect(property, name, into));
  }
  if (value.type === 'VariableDeclarator') {
    const init = value.init as Node | null;
    const id = value.id as Node;
    if (init?.type === 'Identifier' && init.name === name && id.type === 'ObjectPattern') {
      const names = patternNames(id);
      if (!names) return false;
      for (const found of names) into.add(found);
      return collect(
        (id.properties as readonly Node[]).map((property) => property.value),
        name,
        into,
      );
    }
  }
  if (value.type === 'Property' && value.computed !== true && value.shorthand !== true)
    return collect(value.value, name, into);
  return Object.entries(value).every(([field, child]) => field === 'type' || collect(child, name, into));
}

function usesArguments(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesArguments);
  if (!isNode(value)) return false;
  if (value.type === 'Identifier' && value.name === 'arguments') return true;
  return Object.values(value).some(usesArguments);
}

/** The columns that a function over rows reads, in their order; all where its text does not tell. Throws a ColumnError for one that is none. */
export function columnsRead(
  label: string,
  source: string | undefined,
  columns: readonly string[],
): readonly string[] {
  const names = source === undefined ? undefined : propertiesRead(source);
  if (names === undefined) return columns;
  for (const name of names)
    if (!columns.includes(name) && !(name in Object.prototype)) throw new ColumnError(label, name, columns);
  return columns.filter((name) => names.includes(name));
}
