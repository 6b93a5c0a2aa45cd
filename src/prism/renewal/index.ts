/** A process that stays, and whose way to Prism Central changes meanwhile: other credentials, another certificate. */
export { renewedProvider, renewedVolumes, type RenewalParts } from './ports.js';
