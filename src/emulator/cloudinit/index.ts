export { CloudInit } from './cloud-init.js';
export { CloudInitStatus } from './status.js';
