import { CommandRunner } from '../command/command-runner.js';
import type { NodePaths } from '../node-paths.js';
import { BlockDevices } from './block-devices.js';

/** What all work on this computer is done with: where the system shows itself, its programs, its block devices. */
export class NodeTools {
  readonly paths: NodePaths;
  readonly runner: CommandRunner;
  readonly devices: BlockDevices;

  constructor(paths: NodePaths) {
    this.paths = paths;
    this.runner = new CommandRunner(paths.programs);
    this.devices = new BlockDevices(paths);
  }
}
