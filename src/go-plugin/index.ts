/** A process as a plugin of HashiCorp's go-plugin, over gRPC. */
export type { Handshake } from './handshake.js';
export { HclogLog } from './hclog.js';
export type { HostedProcess } from './hosted-process.js';
export { servePlugin, type PluginOptions, type ServedPlugin } from './serve-plugin.js';
