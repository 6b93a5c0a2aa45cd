/**
 * Front end: the plugin process that docker-machine, its forks and rancher-machine start. Knows their RPC and the
 * states of their machines. No other program of ours loads it.
 */
export type { CloudContext, CloudModules } from './cloud-modules.js';
export { runPlugin, type PluginDependencies } from './plugin/run-plugin.js';
export type { ClientConnection } from './plugin/connections.js';
export { thisProcess, type ClientSource, type PluginProcess } from './plugin/plugin-process.js';
