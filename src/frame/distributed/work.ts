/** What a cluster's worker does frames with: loaded when the first task of one comes. */

export { Database } from '../duck/database.js';
export { doTask, type FrameTask, type Outcome, partsRead } from '../exchange/index.js';
export { statements } from '../execute.js';
export { unflatten } from './flat.js';
