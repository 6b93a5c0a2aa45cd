export { parseCategory } from './category.js';
export { sha256Of } from './checks.js';
export { parseDisks, type Filesystem } from './disk.js';
export { parseEndpoint, prismCentralOf, withoutUserInfo, type PrismCentral } from './endpoint.js';
export { namesEntity, optionsNaming } from './entity-flags.js';
export { fromText, readFlags, type Environment, type FlagValues } from './flag-values.js';
export { OPTION_GROUPS, type Option, type ValueOf } from './option.js';
export { emptied, outdone, RIVALS, type ValueSource } from './precedence.js';
export { optionsHelp, optionsMarkdown } from './reference.js';
export { staticAddresses } from './networking.js';
export {
  isOptionKey,
  nameOf,
  OPTION_KEYS,
  OPTION_LIST,
  OPTIONS,
  type OptionKey,
  type OptionValues,
} from './table.js';
export { connectionProblems, optionProblems } from './validate.js';
