/** What sessions of one process share of a Prism Central: its connections, and reads that are asked for together. */
export { SharedConnections } from './shared-connections.js';
