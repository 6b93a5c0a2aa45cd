export { CloudInit } from './cloud-init.js';
export { cloudInitPrograms } from './command-line.js';
export { CloudInitStatus } from './status.js';
