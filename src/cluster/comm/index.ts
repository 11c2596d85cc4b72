export { type Address, formatAddress, isLoopback, parseAddress } from './address.js';
export { type ConnectOptions, connect } from './connect.js';
export { Connection } from './connection.js';
export { CommClosedError, CommError, RemoteError } from './errors.js';
export { getData } from './get-data.js';
export { ANSWERED, type Handler, type Listener, type ListenOptions, listen } from './listen.js';
export { answerOf, type CallOptions, RpcPool, SERIALIZERS } from './rpc.js';
export type { Certificates, CommOptions, Security } from './security.js';
export { BatchedStream, type StreamMessage } from './stream.js';
