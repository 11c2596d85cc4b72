import { nodeOf } from '../expr/methods/core.js';
import type { Operand } from '../expr/operand.js';
import type { Named } from '../schemas.js';
import type { Item } from './node.js';

/** Named expressions as items of a plan. */
export const itemsOf = (named: Named<string>): Item[] =>
  Object.entries(named).map(([name, value]) => ({ name, expr: nodeOf(value as Operand) }));
