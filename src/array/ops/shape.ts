import type { Op } from '../../engine/op.js';
import { blockOf } from './gather.js';

/** The shape that a block turned out to have. */
export const shape: Op<null> = ({ key, inputs }) => [...blockOf(inputs[0], key).shape];
