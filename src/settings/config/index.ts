export type { ConfigValues } from './fields.js';
export { MachineConfig } from './machine-config.js';
