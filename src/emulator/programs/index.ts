import type { Program, Programs } from '../os/process.js';
import { accountPrograms } from './account-programs.js';
import { aptPrograms } from './apt.js';
import { blockDevicePrograms } from './block-devices.js';
import { cloudInitPrograms } from './cloud-init.js';
import { dockerPrograms } from './docker-cli.js';
import { downloadPrograms } from './download.js';
import { filePrograms } from './files.js';
import { filterPrograms } from './filters.js';
import { grepPrograms } from './grep.js';
import { identityPrograms } from './identity.js';
import { listingPrograms } from './listing.js';
import { machinePrograms } from './machine.js';
import { modePrograms } from './modes.js';
import { mountingPrograms } from './mounting.js';
import { powerPrograms } from './power.js';
import { privilegePrograms } from './privileges.js';
import { scpPrograms } from './scp.js';
import { sedPrograms } from './sed.js';
import { shellPrograms } from './shells.js';
import { socketPrograms } from './sockets.js';
import { servicePrograms } from './systemctl.js';
import { textPrograms } from './text.js';
import { timePrograms } from './time.js';
import { journalPrograms } from './unit-status.js';

/** What every image has; the base image puts a file for each of them into /usr/bin. */
const BASE: Readonly<Record<string, Program>> = {
  ...accountPrograms,
  ...aptPrograms,
  ...blockDevicePrograms,
  ...cloudInitPrograms,
  ...filePrograms,
  ...filterPrograms,
  ...grepPrograms,
  ...identityPrograms,
  ...journalPrograms,
  ...listingPrograms,
  ...machinePrograms,
  ...modePrograms,
  ...mountingPrograms,
  ...powerPrograms,
  ...privilegePrograms,
  ...scpPrograms,
  ...sedPrograms,
  ...servicePrograms,
  ...shellPrograms,
  ...socketPrograms,
  ...textPrograms,
  ...timePrograms,
};

/** What comes with packages. */
const PACKAGED: Readonly<Record<string, Program>> = { ...downloadPrograms, ...dockerPrograms };

export const programs: Programs = new Map([...Object.entries(BASE), ...Object.entries(PACKAGED)]);

/** Names of the programs that need no package. sudo does: Debian's images come without it. */
export const baseProgramNames: readonly string[] = Object.keys(BASE).filter((name) => name !== 'sudo');

export { longLine, sizeOf } from './listing.js';
