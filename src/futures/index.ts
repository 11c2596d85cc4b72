export type { Actor, ActorMember } from './actors/actor.js';
export {
  AsCompleted,
  type AsCompletedOptions,
  asCompleted,
  type WithOutcome,
  type WithResult,
} from './as-completed.js';
export { Client, type LazyLists } from './client.js';
export { type FuturesProgress, fireAndForget, type WaitForOptions, wait } from './completed.js';
export type { EventFlag, Lease, PatienceOptions, Queue, Semaphore, Variable } from './coordination.js';
export { CancelledError, LostError, UploadError } from './errors.js';
export { Future, type FutureStatus } from './future.js';
export { getClient } from './get-client.js';
export type { SubmitOptions } from './options.js';
export type { WaitOptions } from './waiting.js';
