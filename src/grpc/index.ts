/** What every server of gRPC here needs: its interface from a text, errors as statuses, calls that are always answered. */
export { callError, StatusError, type CallError } from './call-error.js';
export { shutDownServer, streamingHandler, unaryHandler } from './handlers.js';
export {
  protoFile,
  readInterface,
  type GrpcMethod,
  type GrpcService,
  type InterfaceOptions,
  type OfferedService,
} from './service-interface.js';
