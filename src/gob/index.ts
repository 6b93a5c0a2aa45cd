/**
 * Go's encoding/gob, both ways: bytes <-> typed values. Knows nothing of sockets; imports nothing.
 */
export { DEFAULT_DECODER_LIMITS, type DecoderLimits } from './decode/limits.js';
export { GobDecoder } from './decode/decoder.js';
export { GobEncoder, type EncoderOptions, type TypedValue } from './encode/encoder.js';
export { GobError, type GobFault } from './error.js';
export { gob } from './schema/builders.js';
export type { GobType, Infer, InterfaceContents } from './schema/types.js';
