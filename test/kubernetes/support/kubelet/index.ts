export { Kubelet } from './kubelet.js';
export { Network, NODE_ADDRESS, SERVICE_RANGE } from './network.js';
