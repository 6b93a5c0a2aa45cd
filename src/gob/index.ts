/**
 * Go's encoding/gob, both ways: bytes <-> typed values. Knows nothing of sockets; imports nothing.
 */
export type { DecoderLimits } from './decode/limits.js';
export { GobDecoder } from './decode/decoder.js';
export { GobEncoder, type TypedValue } from './encode/encoder.js';
export { GobError } from './error.js';
export { gob } from './schema/builders.js';
export type { GobType, Infer } from './schema/types.js';
