/**
 * Go's encoding/gob, both ways: bytes <-> typed values. Knows nothing of sockets; imports nothing.
 */
export { gob } from './build-types.js';
export { GobDecoder } from './decoder.js';
export { GobEncoder, type EncoderOptions, type TypedValue } from './encoder.js';
export { GobError, type GobFault } from './error.js';
export { DEFAULT_LIMITS, type DecoderLimits } from './limits.js';
export { InterfaceRegistry } from './registry.js';
export type { GobType } from './types.js';
export type { GobComplex, GobInterface, GobInterfaceContent, GobValue } from './value.js';
