/** What a peer may make this side hold. All are checked before anything is allocated for them. */
export interface DecoderLimits {
  /** Bytes in one message. */
  readonly maxMessageBytes: number;
  /** Bytes of all messages that one value is spread over. */
  readonly maxValueBytes: number;
  /** Elements of slices, arrays and maps in one value, all levels counted together. */
  readonly maxElements: number;
  /** Levels of nesting in one value. */
  readonly maxDepth: number;
  /** Type definitions on the whole stream. */
  readonly maxTypes: number;
  /** Struct fields in all type definitions of the stream. */
  readonly maxFields: number;
  /** Bytes of all type definitions of the stream; their names are kept. */
  readonly maxDefinitionBytes: number;
}

export const DEFAULT_DECODER_LIMITS: DecoderLimits = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxValueBytes: 32 * 1024 * 1024,
  maxElements: 250_000,
  maxDepth: 10_000,
  maxTypes: 2_000,
  maxFields: 20_000,
  maxDefinitionBytes: 1024 * 1024,
};
