export { ClusterEngine, type ClusterOptions, ClusterTaskError, connect } from './client/index.js';
export { type Certificates, CommError } from './comm/index.js';
