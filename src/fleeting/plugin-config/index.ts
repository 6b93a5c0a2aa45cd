/** The runner's `plugin_config` and `connector_config` as the settings of a group of instances. */
export type { StaticKey } from './connector.js';
export { readGroupSettings, type GroupSettings, type SettingsSource } from './group-settings.js';
export { categoryOf, UNIQUE_LENGTH } from './keys.js';
export { keysMarkdown, SETTING_NAMES } from './reference.js';
