/** The life of volumes: made, attached, mounted, moved, kept after their removal. */
export type {
  AttachmentKind,
  PublishRequest,
  StageRequest,
  VolumeOptions,
  VolumeReference,
  VolumeService,
  VolumeSummary,
  VolumeUse,
} from './volume-service.js';
export {
  OPTION_TEXTS,
  optionTextsHelp,
  parseSize,
  sizeText,
  volumeOptionsFrom,
  type OptionText,
} from './option-texts.js';
