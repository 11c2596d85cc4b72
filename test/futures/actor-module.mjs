/** Classes of a module, for actors. */
import { hostname } from 'node:os';

export class Tally {
  #seen = new Map();
  constructor(start = {}) {
    for (const [name, count] of Object.entries(start)) this.#seen.set(name, count);
  }
  get host() {
    return hostname();
  }
  add(...names) {
    for (const name of names) this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1);
    return this.#seen.size;
  }
  counts() {
    return this.#seen;
  }
}

export const notAClass = () => 1;
