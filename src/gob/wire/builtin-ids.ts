/**
 * The types that every stream knows, by Go's ids for them. 9 to 15 are reserved; 16 to 24 describe type definitions
 * themselves.
 */
export const BUILTIN_IDS = {
  bool: 1,
  int: 2,
  uint: 3,
  float: 4,
  bytes: 5,
  string: 6,
  complex: 7,
  interface: 8,
} as const;

/** Go counts from 65 (go1.19) or 64 (go1.23) on. */
export const FIRST_USER_ID = 64;
