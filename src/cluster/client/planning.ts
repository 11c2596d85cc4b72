import { inPieces } from '../../graph/pieces.js';
import type { Graph, Key } from '../../graph/task.js';
import type { Book } from './book.js';
import { type Needed, neededInPieces } from './needed.js';

/**
 * Finds out what is to be sent of graphs, one after another: a graph may read what one before it makes. Of a large one that is done in pieces, between which
 * the program's event loop has its turns.
 */
export class Planning {
  /** Resolves when the graph that it is at has begun. */
  private turn: Promise<void> | undefined;

  constructor(private readonly book: Book) {}

  /**
   * @param adopted another program has submitted what makes the outputs
   * @param check called after each turn of others: throws where the graph is wanted no more
   * @param begin called with what is to be sent, as soon as that is found, and as long as it holds: a small graph's at once
   * @throws GraphError for a cycle, or a key that no task makes; what `check` throws
   */
  async plan<T>(
    graph: Graph,
    outputs: readonly Key[],
    adopted: boolean,
    check: () => void,
    begin: (needed: Needed) => Promise<T>,
  ): Promise<T> {
    while (this.turn !== undefined) {
      await this.turn;
      check();
    }
    const isPersisted = (key: Key): boolean => adopted || this.book.isPersisted(key);
    const isHeld = (key: Key): boolean => this.book.isWanted(key);
    const find = () => inPieces(neededInPieces(graph, outputs, isPersisted, isHeld));
    const holds = (needed: Needed): boolean =>
      [...needed.externals].every(isHeld) &&
      outputs.every((key) => needed.graph.has(key) || isPersisted(key));
    const found = find();
    if (!(found instanceof Promise)) return begin(found);
    let end!: () => void;
    this.turn = new Promise((resolve) => {
      end = resolve;
    });
    try {
      let needed = await found;
      check();
      // What it was to read may have been given up meanwhile.
      while (!holds(needed)) {
        needed = await find();
        check();
      }
      return begin(needed);
    } finally {
      this.turn = undefined;
      end();
    }
  }
}
