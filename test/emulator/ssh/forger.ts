import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import type { KeyPair } from './ssh-client.js';

/** An agent that shows one key and signs with another. */
export class Forger extends ssh2.BaseAgent<ParsedKey> {
  readonly #shown: ParsedKey;
  readonly #signing: ParsedKey;

  constructor(shown: KeyPair, signing: KeyPair) {
    super();
    this.#shown = parsed(shown);
    this.#signing = parsed(signing);
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(undefined, [this.#shown]);
  }

  override sign(
    _key: ParsedKey | Buffer | string,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const answer = typeof options === 'function' ? options : callback;
    answer?.(undefined, this.#signing.sign(data));
  }
}

function parsed({ private: privateKey }: KeyPair): ParsedKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
}
