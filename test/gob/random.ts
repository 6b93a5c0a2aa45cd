/** A source of repeatable random numbers: integers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** Marsaglia's xorshift with 32 bits of state. */
export function seededRandom(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
