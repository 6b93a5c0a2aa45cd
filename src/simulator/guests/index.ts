export {
  type Guest,
  type GuestBackend,
  type GuestDisk,
  type GuestEvents,
  type GuestNic,
  type GuestSpec,
  noGuests,
  type VolumeContents,
} from './guest-backend.js';
export { scsiSerial } from './scsi-serial.js';
