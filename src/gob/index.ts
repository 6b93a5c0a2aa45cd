/**
 * Go's encoding/gob, both ways: bytes <-> typed values. Knows nothing of sockets; imports nothing.
 */
export { gob } from './schema/builders.js';
export { GobDecoder } from './decode/decoder.js';
export { GobEncoder, type EncoderOptions, type TypedValue } from './encode/encoder.js';
export { GobError, type GobFault } from './error.js';
export { DEFAULT_LIMITS, type DecoderLimits } from './decode/limits.js';
export { InterfaceRegistry } from './schema/registry.js';
export type { GobType } from './schema/types.js';
export type { GobComplex, GobInterface, GobInterfaceContent, GobValue } from './schema/value.js';
