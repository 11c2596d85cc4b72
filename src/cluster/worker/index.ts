export { NameTakenError } from './link.js';
export { EXIT, reportTo, supervise } from './nanny.js';
export type { WorkerOptions } from './options.js';
export { startWorker } from './start.js';
export type { ClusterWorker, Ended } from './worker.js';
