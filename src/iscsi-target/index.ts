/** An iSCSI target in user space. */
export { IscsiServer, ISCSI_PORT, type IscsiServerOptions } from './iscsi-server.js';
export type { IscsiTarget, TargetClient, TargetDisk } from './target.js';
