/** The life of volumes: made, attached, mounted, moved, kept after their removal. */
export type { FilesystemType, FilesystemUse } from '../node/index.js';
export type { CallContext, Snapshot } from '../provider/index.js';
export type * from './volume-service.js';
export {
  meant,
  OPTION_TEXTS,
  optionTextsHelp,
  parseSize,
  sizeText,
  volumeOptionsFrom,
  type OptionText,
} from './option-texts.js';
export { readPolicy, type Policy } from './policy.js';
export type { VolumeServiceParts } from './service-parts.js';
export { createVolumeService } from './service.js';
