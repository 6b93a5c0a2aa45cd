/** The driver for container orchestrators: the Container Storage Interface over gRPC, in front of the volume service. */
export {
  CSI_DRIVER_NAME,
  CSI_ROLES,
  serveCsi,
  type CsiOptions,
  type CsiRole,
  type CsiServer,
} from './serve-csi.js';
