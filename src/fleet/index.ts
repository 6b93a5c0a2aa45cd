/** Many Docker hosts from one file: the program nutanix-hosts. Makes every host through the docker-machine client. */
export { runFleet } from './ui/run.js';
export { EXIT, type FleetRuntime } from './ui/fleet-runtime.js';
export type { Screen } from './context/reporter.js';
