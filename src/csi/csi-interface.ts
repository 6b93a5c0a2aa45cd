import { protoFile, readInterface, type GrpcService } from '../grpc/index.js';

/** The text of proto/csi.proto, put in by scripts/bundle.mjs: an executable has no files beside it. */
declare const CSI_PROTO: string;

export type ServiceName = 'Identity' | 'Controller' | 'Node';

/** Reads the interface; takes some 50 ms, once in a process. Whole numbers are numbers. */
export function loadCsiInterface(): (service: ServiceName) => GrpcService {
  const text = typeof CSI_PROTO === 'undefined' ? protoFile('csi.proto') : CSI_PROTO;
  const service = readInterface(text, { longs: 'numbers' });
  return (name) => service(`csi.v1.${name}`);
}
