/** The program nutanix-volume: its command line, its settings, and the parts put together. */
export { runVolumeCommands } from './run-volume-commands.js';
export { VOLUME_EXIT, type VolumeRuntime } from './volume-runtime.js';
