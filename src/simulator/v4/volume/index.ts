/** Namespace volumes. */
export { inVolumeWords } from './changes.js';
export { unknownEntity } from './failures.js';
export { volumeRoutes } from './routes.js';
