/** From a command line to a cluster: tools of others, driven step by step. */
export * from './aws/index.js';
export { DeployError, InterruptedError } from './errors.js';
export { Executor } from './executor.js';
export { readJson } from './files.js';
export * from './k8s/index.js';
export { type Log, openLog } from './log.js';
export { clusterName, labelName, network, regionOf } from './names.js';
