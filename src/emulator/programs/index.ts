import type { Program, ProgramOf } from '../os/process.js';
import { accountPrograms, identityPrograms } from './accounts/accounts.js';
import { blockDevicePrograms, type DiskParts } from './disks/block-devices.js';
import { downloadPrograms } from './network/download.js';
import { filePrograms } from './files/files.js';
import { filterPrograms } from './text/filters.js';
import { grepPrograms } from './text/grep.js';
import { findPrograms } from './files/find.js';
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
import { textPrograms } from './text/text.js';
import { timePrograms } from './system/time.js';
import { journalPrograms } from './system/systemctl.js';

/** Programs that need no more of the guest than every process sees. */
export const plainPrograms: Readonly<Record<string, Program>> = {
  ...accountPrograms,
  ...downloadPrograms,
  ...filePrograms,
  ...filterPrograms,
  ...grepPrograms,
  ...identityPrograms,
  ...journalPrograms,
  ...findPrograms,
  ...listingPrograms,
  ...machinePrograms,
  ...modePrograms,
  ...powerPrograms,
  ...privilegePrograms,
  ...scpPrograms,
  ...sedPrograms,
  ...shellPrograms,
  ...socketPrograms,
  ...textPrograms,
  ...timePrograms,
};

export const diskPrograms: Readonly<Record<string, ProgramOf<DiskParts>>> = {
  ...blockDevicePrograms,
  ...mountingPrograms,
};

export type { DiskParts } from './disks/block-devices.js';
export { longLine, sizeOf } from './files/listing.js';
export { parseOptions } from './options.js';
export { packagePrograms, type PackageParts } from './system/apt.js';
export { servicePrograms } from './system/systemctl.js';
