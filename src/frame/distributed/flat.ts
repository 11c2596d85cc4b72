import { type FunctionSpec, isFunctionSpec } from '../../graph/function-spec.js';
import { isPlainObject } from '../../graph/plain-data.js';

/**
 * Plain data as a list of its objects, each of which names those within it by their numbers: plans are nested as deep as users chain verbs, and messages
 * are not; and what stands in a plan twice travels once.
 */
export interface Flat {
  /** Values of lists, or names and values of objects in turn: a number is the place of another object, a text the name of a function, `[value]` stands for a value. */
  readonly objects: readonly (readonly ['list' | 'object', ...unknown[]])[];
  readonly root: unknown;
}

/** Functions of users, by the names that stand for them. */
export type Functions = Readonly<Record<string, FunctionSpec>>;

/** Makes a list of objects of plain data, the innermost first. Functions are apart: whoever sends them sees to it that they arrive with the modules that they are in. */
export function flatten(value: unknown): { readonly flat: Flat; readonly functions: Functions } {
  const functions: Record<string, FunctionSpec> = {};
  const objects: ['list' | 'object', ...unknown[]][] = [];
  const places = new Map<object, number | string>();
  const place = (item: unknown): unknown => {
    if (!isNested(item)) return [item];
    const known = places.get(item);
    if (known !== undefined) return known;
    if (isFunctionSpec(item)) {
      const name = `f${Object.keys(functions).length}`;
      functions[name] = item;
      places.set(item, name);
      return name;
    }
    const made: ['list' | 'object', ...unknown[]] = Array.isArray(item)
      ? ['list', ...item.map(place)]
      : ['object', ...Object.entries(item).flatMap(([name, inner]) => [name, place(inner)])];
    places.set(item, objects.length);
    return objects.push(made) - 1;
  };
  const root = place(value);
  return { flat: { objects, root }, functions: Object.freeze(functions) };
}

/** The data that was flattened, frozen. */
export function unflatten({ objects, root }: Flat, functions: Functions = {}): unknown {
  const made: unknown[] = [];
  const at = (item: unknown): unknown => {
    if (typeof item === 'number') return made[item];
    return typeof item === 'string' ? functions[item] : (item as readonly [unknown])[0];
  };
  for (const [kind, ...items] of objects) {
    if (kind === 'list') made.push(Object.freeze(items.map(at)));
    else {
      const object: Record<string, unknown> = {};
      for (let i = 0; i < items.length; i += 2)
        Object.defineProperty(object, items[i] as string, { value: at(items[i + 1]), enumerable: true });
      made.push(Object.freeze(object));
    }
  }
  return at(root);
}

/** Objects that are taken apart. Lists of nothing but texts, numbers and the like are values. */
function isNested(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null);
  return isPlainObject(value) && !ArrayBuffer.isView(value);
}
