/**
 * What a user can set: every option declared once; its values, their checks, credentials and trust; and what
 * follows from them, a Connection and a HostSpec. For every program of ours, so it knows no front end.
 */
export { absolutePaths } from './absolute-paths.js';
export type { ConfigValues } from './config/fields.js';
export { MachineConfig } from './config/machine-config.js';
export { connectionFromFlags } from './connection-from-flags.js';
export { connectionOf } from './credentials/connection.js';
export { credentialsPlace, trustPlace } from './credentials/credentials-place.js';
export { filePath } from './file-path.js';
export { flaggedText } from './flagged-text.js';
export { hostOptionsOf } from './host-options.js';
export { hostSpecOf, traceOf } from './host-spec.js';
export { fileProblems, userDataOf } from './input-files.js';
export { machineNameProblem } from './machine-name.js';
export { parseEndpoint } from './options/endpoint.js';
export { namesEntity, optionsNaming } from './options/entity-flags.js';
export { readFlags, type Environment, type FlagValues, fromText } from './options/flag-values.js';
export type { Option } from './options/option.js';
export { emptied, outdone, RIVALS, type ValueSource } from './options/precedence.js';
export { optionsHelp, optionsMarkdown } from './options/reference.js';
export { OPTION_LIST, OPTIONS, nameOf, OPTION_KEYS, type OptionKey } from './options/table.js';
export { optionProblems, connectionProblems } from './options/validate.js';
export { requestedHost, type RequestedHost } from './requested-host.js';
export { DOCKER_PORT, sshKeyPathOf, sshPortOf, sshUserOf } from './ssh-access.js';
export { storedVm, type StoredVm } from './stored-vm.js';
