/** Many Docker hosts from one file: the program nutanix-hosts. Makes every host through the docker-machine client. */
export { runFleet } from './command-line/run.js';
export { EXIT, type FleetSurroundings } from './command-line/surroundings.js';
export type { Screen } from './progress/reporter.js';
