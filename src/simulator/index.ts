/** A stateful Prism Central in one object, and the program prism-simulator around it. */
export { selfSignedCertificate, type ServerCertificate } from './http/certificate.js';
export { runSimulator, type ProgramContext } from './command-line/run.js';
export {
  containerGuestKind,
  noGuestKind,
  type GuestKind,
  type GuestKinds,
  type GuestRequest,
} from './command-line/guests.js';
export * from './guests/index.js';
export { managedRange } from './core/inventory/subnet-range.js';
export { clientVariables, shellEnvironment, type ClientEnvironment } from './environment.js';
export { parseFaultRules, type FaultRule, type FaultRuleInput } from './core/faults/fault-rule.js';
export type { VmSummary, Snapshot } from './control/inspection.js';
export type { Inventory } from './core/inventory/inventory.js';
export { DEFAULT_SUBNET_CIDR, PRESET, presetInventory } from './core/inventory/preset.js';
export type { LatencyProfile, ProfileName } from './core/latency.js';
export type { SimulatorUser } from './http/authentication.js';
export type { SimulatorOptions } from './options.js';
export { DEFAULT_PC_VERSION } from './core/pc-version.js';
export { startSimulator, type Simulator } from './simulator.js';
export type { SavedState } from './state/saved-state.js';
export type { Behaviour } from './core/world.js';
