import type { Program, Programs } from '../os/process.js';
import { accountPrograms } from './accounts/accounts.js';
import { aptPrograms } from './system/apt.js';
import { blockDevicePrograms } from './disks/block-devices.js';
import { cloudInitPrograms } from '../cloudinit/command-line.js';
import { dockerPrograms } from '../docker/command-line.js';
import { downloadPrograms } from './network/download.js';
import { filePrograms } from './files/files.js';
import { filterPrograms } from './text/filters.js';
import { grepPrograms } from './text/grep.js';
import { identityPrograms } from './accounts/identity.js';
import { listingPrograms } from './files/listing.js';
import { machinePrograms } from './system/machine.js';
import { modePrograms } from './files/modes.js';
import { mountingPrograms } from './disks/mounting.js';
import { powerPrograms } from './system/power.js';
import { privilegePrograms } from './accounts/privileges.js';
import { scpPrograms } from './network/scp.js';
import { sedPrograms } from './text/sed.js';
import { shellPrograms } from './system/shells.js';
import { socketPrograms } from './network/sockets.js';
import { servicePrograms } from './system/systemctl.js';
import { textPrograms } from './text/text.js';
import { timePrograms } from './system/time.js';
import { journalPrograms } from './system/unit-status.js';

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

export { longLine, sizeOf } from './files/listing.js';
