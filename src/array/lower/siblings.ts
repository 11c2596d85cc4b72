import { tokenize } from '../../graph/key.js';
import { isKnown, product } from '../nodes/chunks.js';
import { memo } from '../nodes/memo.js';
import type { ArrayNode } from '../nodes/node.js';

/**
 * Loops side by side
 *
 * `x.mean(0)` and `x.std(0)` look at the same blocks, each in loops of its own. One loop can fold for both: each block is read once, and a cheap source, which on a
 * cluster is made again by each of its readers, is made once for both. So folds over the same axes of what is made of the same stored blocks are computed by one
 * loop, as parts of one block; and so are the steps of their trees, and what ends these, which then read the same blocks too. What is wanted itself, or read by
 * anything but a loop, which would look for its part at another place, is computed alone.
 */

/** Nodes that one loop computes: their blocks are parts of one. */
export interface Siblings {
  readonly name: string;
  readonly nodes: readonly ArrayNode[];
}

/** Of nodes that are computed together: with which, and the number of their first part. */
export type Homes = ReadonlyMap<ArrayNode, Siblings & { readonly part: number }>;

/** Nodes that may be computed together, by their names: equal ones are once in it. */
interface Family {
  readonly id: string;
  readonly nodes: Map<string, ArrayNode>;
  /** Size of their expressions. */
  size: number;
}

/** Larger expressions than this are not put together: what does not fit into one loop would be stored. */
const MOST_NODES = 160;

/**
 * Finds the loops that look at the same blocks.
 *
 * @param nodes all nodes, each after those that it reads
 * @param stored those that loops compute, each its own
 * @param outputs those that stay alone
 */
export function findSiblings(
  nodes: readonly ArrayNode[],
  stored: ReadonlySet<ArrayNode>,
  outputs: ReadonlySet<ArrayNode>,
): Homes {
  const alone = new Set([...outputs].map(({ name }) => name));
  for (const node of nodes) if (!isLoop(node)) for (const input of node.inputs) alone.add(input.node.name);
  const families = new Map<ArrayNode, Family>();
  const open = new Map<string, Family>();
  for (const node of nodes) {
    if (!isLoop(node) || !stored.has(node) || alone.has(node.name) || !isKnown(node.chunks)) continue;
    const { kin, size } = kinOf(node, stored, families);
    if (kin === undefined) continue;
    let family = open.get(kin);
    if (family === undefined || family.size + size > MOST_NODES) {
      family = { id: `family ${families.size}`, nodes: new Map(), size: 0 };
      open.set(kin, family);
    }
    if (!family.nodes.has(node.name)) family.size += size;
    family.nodes.set(node.name, node);
    families.set(node, family);
  }
  return homesOf(families);
}

const isLoop = ({ kind }: ArrayNode): boolean =>
  kind === 'fold' || kind === 'combine' || kind === 'map' || kind === 'view';

/** What nodes have in common that may be computed together; `size` is that of the node's expression. */
function kinOf(
  node: ArrayNode,
  stored: ReadonlySet<ArrayNode>,
  families: ReadonlyMap<ArrayNode, Family>,
): { readonly kin?: string; readonly size: number } {
  const { leaves, views, size } = behind(node, stored);
  const reads = [...new Set(leaves.map((leaf) => families.get(leaf)?.id ?? leaf.name))].sort();
  if (reads.length === 0) return { size };
  const reduces = node.kind === 'fold' || node.kind === 'combine';
  // Blocks as large as those that they are made of are better stored one by one: of what reduces nothing, only what ends such trees.
  const ends = leaves.every((leaf) => families.has(leaf) && product(leaf.shape) >= product(node.shape));
  if (!reduces && !ends) return { size };
  const over = node.kind === 'fold' ? node.axes : node.kind === 'combine' ? node.group : [];
  const space = node.inputs[0]!.node.chunks;
  const kin = reduces
    ? [node.kind, over, node.chunks, space, reads, views.sort()]
    : ['end', node.chunks, reads];
  return { kin: JSON.stringify(kin), size };
}

/** The stored nodes that a node's loop reads, the names of views that it reads them by, and the size of its expression. */
function behind(node: ArrayNode, stored: ReadonlySet<ArrayNode>) {
  const leaves: ArrayNode[] = [];
  const views: string[] = [];
  const seen = new Set([node.name]);
  const pending: ArrayNode[] = [node];
  let size = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next !== node && stored.has(next)) {
      leaves.push(next);
      continue;
    }
    size += sizeOf(next);
    if (next.kind === 'view') views.push(next.name);
    for (const input of next.inputs)
      if (!seen.has(input.node.name)) {
        seen.add(input.node.name);
        pending.push(input.node);
      }
  }
  return { leaves, views, size };
}

function sizeOf(node: ArrayNode): number {
  if (node.kind === 'combine') return node.build(product(node.group)).nodes.length;
  return node.kind === 'map' ? node.nodes.length : 1;
}

function homesOf(families: ReadonlyMap<ArrayNode, Family>): Homes {
  const homes = new Map<ArrayNode, Siblings & { readonly part: number }>();
  const found = new Map<Family, Siblings>();
  for (const [node, family] of families) {
    if (family.nodes.size < 2) continue;
    const siblings = memo(found, family, () => together([...family.nodes.values()]));
    const place = siblings.nodes.findIndex(({ name }) => name === node.name);
    const part = siblings.nodes.slice(0, place).reduce((sum, { parts }) => sum + parts.length, 0);
    homes.set(node, { ...siblings, part });
  }
  return homes;
}

/** Named as nodes are: `mean-chunk-std-chunk` and a hash. */
function together(nodes: readonly ArrayNode[]): Siblings {
  const labels = nodes.map(({ name }) => name.slice(0, name.lastIndexOf('-')));
  const hash = tokenize(nodes.map(({ name }) => name));
  return { name: `${[...new Set(labels)].join('-')}-${hash}`, nodes };
}
