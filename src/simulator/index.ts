export { selfSignedCertificate, type ServerCertificate } from './certificate.js';
export { runSimulator, type ProgramContext } from './command-line/run.js';
export {
  createEmulatedGuests,
  noGuests,
  type EmulatedGuestOptions,
  type GuestBackend,
} from './guests/index.js';
export { shellEnvironment, type ClientEnvironment } from './environment.js';
export { parseFaultRules, type FaultRule, type FaultRuleInput } from './faults/fault-rule.js';
export type { VmSummary, Snapshot } from './inspection.js';
export type { Inventory } from './inventory/inventory.js';
export { DEFAULT_SUBNET_CIDR, PRESET, presetInventory } from './inventory/preset.js';
export type { LatencyProfile, ProfileName } from './latency.js';
export type { SimulatorOptions, SimulatorUser } from './options.js';
export { DEFAULT_PC_VERSION } from './pc-version.js';
export { startSimulator, type Simulator } from './simulator.js';
export type { SavedState } from './state/saved-state.js';
export type { Behaviour } from './world.js';
