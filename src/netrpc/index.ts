/**
 * Go's net/rpc over HTTP CONNECT, both ends of a connection. Does not know which methods exist.
 */
export { ByteBudget } from './byte-budget.js';
export { RpcClient, type ConnectOptions } from './client.js';
export { emptyStruct } from './headers.js';
export { RpcError, type RpcFault } from './rpc-error.js';
export { serveConnection } from './serve-connection.js';
export { DEFAULT_SERVE_LIMITS, type ServeLimits, type ServeOptions } from './serve-options.js';
export { rpcMethod, type CallContext, type RpcMethod, type RpcServices } from './methods.js';
