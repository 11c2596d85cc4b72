/** Frames on a cluster: what its workers do of them. */

export { type Asked, fetchParts, GoneError } from './fetch.js';
export { setAside, WithHolders } from './holders.js';
export { type FrameResult, isFrameKey, isFrameResult, totalBytes } from './result.js';
export { FrameTasks, InputsLostError } from './tasks.js';
