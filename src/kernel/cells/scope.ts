import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * What names of cells stand for: properties of the global object, so that functions and later cells see what became of them. A name that
 * JavaScript or Node has already (`URL`, `performance`) is put before theirs for cells only: packages go on with their own.
 */
export class Scope {
  private readonly given = new Set<string>();
  /** Names before those of the global object. */
  readonly shadows: Record<string, unknown> = Object.create(null);

  constructor(folder: string) {
    for (let each: object | null = globalThis; each !== null; each = Object.getPrototypeOf(each))
      for (const name of Object.getOwnPropertyNames(each)) this.given.add(name);
    this.lazy('require', () => createRequire(join(folder, 'cell.cjs')));
  }

  /** A name whose value is made when a cell first reads it. */
  lazy(name: string, make: () => unknown): void {
    const property = { configurable: true, enumerable: true };
    const settle = (value: unknown): void =>
      void Object.defineProperty(this.shadows, name, { ...property, value, writable: true });
    Object.defineProperty(this.shadows, name, {
      ...property,
      get: () => {
        const value = make();
        settle(value);
        return value;
      },
      set: settle,
    });
  }

  /** Makes place for names, as undefined where they are new: code in strict mode assigns to nothing else. */
  declare(names: Iterable<string>): void {
    for (const name of names) {
      if (name in this.shadows) continue;
      if (this.given.has(name)) this.shadows[name] = undefined;
      else if (!Object.hasOwn(globalThis, name))
        Object.defineProperty(globalThis, name, {
          value: undefined,
          writable: true,
          enumerable: true,
          configurable: true,
        });
    }
  }

  /** Whether a text speaks of a name that is before a global one: only then names are looked up in the slow way. */
  isShadowedIn(code: string): boolean {
    return Object.keys(this.shadows).some((name) => code.includes(name));
  }
}
