export { connect } from './connect.js';
export { ClusterEngine } from './engine.js';
export { completed } from './environment.js';
export { ClusterTaskError } from './failure.js';
export { agrees, withoutModule } from './hello.js';
export type { ClusterOptions } from './options.js';
