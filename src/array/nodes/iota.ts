import type { Chunks } from './chunks.js';
import { type IotaNode, makeNode } from './node.js';

/** Positions along an axis of an array with these chunks. */
export function iotaNode(chunks: Chunks, axis: number): IotaNode {
  return makeNode<IotaNode>('index', axis, { kind: 'iota', parts: ['int64'], chunks, inputs: [], axis });
}
