export {
  type DataServices,
  type Guest,
  type GuestBackend,
  type GuestDisk,
  type GuestEvents,
  type GuestNic,
  type GuestSpec,
  type GuestTarget,
  type GuestTargetClient,
  type GuestTerminal,
  noGuests,
  type VolumeContents,
} from './guest-backend.js';
export { guestHostname } from './meta-data.js';
export { scsiSerial } from './scsi-serial.js';
export { VmTable } from './vm-table.js';
