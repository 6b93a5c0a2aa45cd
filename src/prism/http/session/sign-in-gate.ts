/** A refusal that this process or another one has met with the same credentials, not long ago. */
export interface EarlierRefusal {
  /** The server's words. */
  readonly words: string;
  /** ms */
  readonly age: number;
  /** Time until the credentials are tried again, ms. */
  readonly rest: number;
  /** Path of the note; once it is removed, the credentials are tried at once. */
  readonly note: string;
}

/**
 * `unanswered`: the server said nothing about the credentials, and others need not wait for one another to find
 * that out. `abandoned`: the caller has given up before there was an answer.
 */
export type SignInOutcome =
  | { readonly kind: 'accepted' | 'unanswered' | 'abandoned' }
  | { readonly kind: 'refused'; readonly words: string };

export type Admission =
  | { readonly refusal: EarlierRefusal }
  /** `report` has to be called exactly once: others may be waiting for it. Never rejects. */
  | { readonly refusal?: undefined; readonly report: (outcome: SignInOutcome) => Promise<void> };

/** Keeps many processes from sending the same wrong credentials: a directory account is locked after a few. */
export interface SignInGate {
  /** May wait for a sign-in of another process. Rejects only when `signal` is aborted. */
  enter(signal: AbortSignal): Promise<Admission>;
  /** Credentials that had been accepted are refused now. Never rejects. */
  refused(words: string): Promise<void>;
}

export const OPEN_GATE: SignInGate = {
  enter: () => Promise.resolve({ report: () => Promise.resolve() }),
  refused: () => Promise.resolve(),
};
