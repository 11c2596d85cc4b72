import { isPlainObject } from '../../graph/plain-data.js';

/**
 * Plain data as a list of its objects, each of which names those within it by their numbers: plans are nested as deep as users chain verbs, and messages
 * are not; and what stands in a plan twice travels once.
 */
export interface Flat {
  /** Values of lists, or names and values of objects in turn: a number is the place of another object, `[value]` stands for a value. */
  readonly objects: readonly (readonly ['list' | 'object', ...unknown[]])[];
  readonly root: unknown;
}

/** Makes a list of objects of plain data, the innermost first. */
export function flatten(value: unknown): Flat {
  const objects: ['list' | 'object', ...unknown[]][] = [];
  const places = new Map<object, number>();
  const place = (item: unknown): unknown => {
    if (!isNested(item)) return [item];
    const known = places.get(item);
    if (known !== undefined) return known;
    const made: ['list' | 'object', ...unknown[]] = Array.isArray(item)
      ? ['list', ...item.map(place)]
      : ['object', ...Object.entries(item).flatMap(([name, inner]) => [name, place(inner)])];
    places.set(item, objects.length);
    return objects.push(made) - 1;
  };
  const root = place(value);
  return { objects, root };
}

/** The data that was flattened, frozen. */
export function unflatten({ objects, root }: Flat): unknown {
  const made: unknown[] = [];
  const at = (item: unknown): unknown => (typeof item === 'number' ? made[item] : (item as [unknown])[0]);
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
