/** What programs of others may import: `docker-machine-driver-nutanix/simulator`. */
export {
  startPrismSimulator,
  type PrismSimulator,
  type PrismSimulatorFault,
  type PrismSimulatorOptions,
  type PrismSimulatorVm,
} from './prism-simulator.js';
