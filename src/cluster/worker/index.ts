export { EXIT, reportTo, supervise } from './nanny.js';
export type { WorkerOptions } from './options.js';
export { ClusterWorker, type Ended } from './worker.js';
