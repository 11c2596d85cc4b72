/** What a cluster's worker does frames with: loaded when the first task of one comes. */

export { blockIn, type HeldBlockParams } from '../arrays/blocks-op.js';
export { Database } from '../duck/database.js';
export {
  doTask,
  type FrameTask,
  type InputRead,
  type Outcome,
  PART,
  partsRead,
} from '../exchange/index.js';
export {
  joinSlices,
  readSliced,
  type Segment,
  type Slice,
  type SlicedFile,
  sliceOf,
} from '../parquet/slices.js';
export { statements } from '../statement/index.js';
export { type Flat, type Functions, unflatten } from './flat.js';
