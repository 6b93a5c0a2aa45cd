/** Docker's volume plugin protocol in front of the core of volumes. */
export { inheritedDescriptor, type PluginSocketPlace } from './plugin-socket.js';
export { serveDockerPlugin, type DockerPlugin } from './plugin-server.js';
export type { VolumeDriverParts } from './volume-driver.js';
