/**
 * Go's net/rpc over HTTP CONNECT, both ends of a connection. Does not know which methods exist.
 */
export { ByteBudget } from './byte-budget.js';
export { RpcClient, type ConnectOptions } from './client.js';
export { emptyStruct } from './headers.js';
export { RpcError } from './rpc-error.js';
export { serveConnection, type ServeLimits, type ServeOptions } from './serve-connection.js';
export { rpcMethod, type RpcContext, type RpcMethod, type RpcServices } from './methods.js';
