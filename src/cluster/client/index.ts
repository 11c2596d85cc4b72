export { ClusterEngine, type ClusterOptions, connect } from './engine.js';
export { ClusterTaskError } from './failure.js';
