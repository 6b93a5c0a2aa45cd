/**
 * What a user can set: every option declared once; its values, their checks, credentials and trust; and what
 * follows from them, a Connection and a HostSpec. For every program of ours, so it knows no front end.
 */
export type { ConfigValues } from './config/fields.js';
export { MachineConfig } from './config/machine-config.js';
export { connectionFromFlags } from './connection/connection-from-flags.js';
export { connectionOf } from './connection/connection.js';
export { credentialsPlace, trustPlace } from './connection/credentials-place.js';
export { fileProblems, userDataOf } from './files/input-files.js';
export { absolutePaths, filePath } from './files/paths.js';
export {
  DOCKER_PORT,
  hostAccessOf,
  sshKeyPathOf,
  sshPortOf,
  sshUserOf,
  timeLimitOf,
  identityOf,
} from './host/host-access.js';
export { hostSpecOf } from './host/host-spec.js';
export { requestedHost, type RequestedHost } from './host/requested-host.js';
export { storedVm, type StoredVm } from './host/stored-vm.js';
export { parseCategory } from './options/category.js';
export { holdsPassword, machineNameProblem } from './options/checks.js';
export { parseEndpoint, prismCentralOf, type PrismCentral } from './options/endpoint.js';
export { flaggedText, namesEntity, optionsNaming } from './options/entity-flags.js';
export { readFlags, type Environment, type FlagValues, fromText } from './options/flag-values.js';
export type { Option } from './options/option.js';
export { emptied, outdone, RIVALS, type ValueSource } from './options/precedence.js';
export { optionsHelp, optionsMarkdown } from './options/reference.js';
export {
  OPTION_LIST,
  OPTIONS,
  nameOf,
  OPTION_KEYS,
  type OptionKey,
  type OptionValues,
} from './options/table.js';
export { optionProblems, connectionProblems } from './options/validate.js';
