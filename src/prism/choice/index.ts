/** Which API is spoken to a Prism Central that may have several. */
export type { ApiChoice } from './chooser.js';
export { createChoosingProvider } from './provider.js';
export { createChoosingVolumes } from './volumes.js';
