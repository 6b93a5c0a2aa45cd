/**
 * Front end: the plugin process that docker-machine, its forks and rancher-machine start. Knows their RPC,
 * flags and config.json; knows nothing of Prism Central.
 */
export { filePath } from './file-path.js';
export { connectionFromFlags, requestedHost, storedVm, type RequestedHost } from './machine/index.js';
export type { Backend, StoredVm, Surroundings } from './machine/index.js';
export { machineNameProblem } from './machine-name.js';
export {
  namesEntity,
  OPTION_LIST,
  optionProblems,
  optionsHelp,
  optionsMarkdown,
  optionsNaming,
  readFlags,
  type Option,
} from './options/index.js';
export { runPlugin, type PluginDependencies } from './plugin/run-plugin.js';
export type { PluginProcess } from './plugin/plugin-process.js';
export { VERSION } from './version.js';
