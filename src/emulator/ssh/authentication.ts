import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2';
import type { User } from '../os/accounts.js';
import type { System } from '../os/process.js';

/** One line of an authorized_keys file (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKey {
  /** The public key in SSH's wire form. */
  readonly blob: Buffer;
  readonly type: string;
  /** `command="…"`: what runs, whatever the client asks for. */
  readonly forcedCommand: string | undefined;
}

const LINE =
  /^(?<options>(?:[A-Za-z0-9-]+(?:="(?:\\.|[^"\\])*")?(?:,(?=\S)|\s+))*?)(?<type>(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+)\s+(?<key>[A-Za-z0-9+/]+={0,3})(?:\s|$)/;

/** Reads the file; lines that are no keys are skipped, as sshd skips them. */
export function parseAuthorizedKeys(text: string): AuthorizedKey[] {
  return text.split('\n').flatMap((line) => {
    const { options = '', type = '', key = '' } = LINE.exec(line.trim())?.groups ?? {};
    if (type === '') return [];
    const forced = /(?:^|,)command="((?:\\.|[^"\\])*)"/.exec(options)?.[1];
    return [{ type, blob: Buffer.from(key, 'base64'), forcedCommand: forced?.replace(/\\"/g, '"') }];
  });
}

/** Who logged in, and what the key is bound to. */
export interface Login {
  readonly user: User;
  readonly forcedCommand: string | undefined;
}

const METHODS: ['publickey'] = ['publickey'];
const MAX_TRIES = 12;

/**
 * Public keys only: those in the user's authorized_keys file at this moment. `accepted` is called once; after
 * too many tries `refused` is.
 */
export class Authentication {
  readonly #system: System;
  readonly #accepted: (login: Login) => void;
  readonly #refused: () => void;

  #tries = 0;

  constructor(system: System, accepted: (login: Login) => void, refused: () => void) {
    this.#system = system;
    this.#accepted = accepted;
    this.#refused = refused;
  }

  handle(context: AuthContext): void {
    if (context.method !== 'publickey') {
      context.reject(METHODS);
      return;
    }
    if (++this.#tries > MAX_TRIES) {
      this.#refused();
      return;
    }
    const user = this.#system.accounts.user(context.username);
    const key = user === undefined ? undefined : this.#keyOf(user, context.key.data);
    if (user === undefined || key === undefined || !this.#signedBy(key, context)) {
      this.#system.journal.add('ssh.service', `Failed publickey for ${context.username}`);
      context.reject(METHODS);
      return;
    }
    // Without a signature the client only asks whether the key would do.
    if (context.signature !== undefined) this.#accepted({ user, forcedCommand: key.forcedCommand });
    context.accept();
  }

  #keyOf(user: User, blob: Buffer): AuthorizedKey | undefined {
    const path = `${user.home}/.ssh/authorized_keys`;
    const { fs } = this.#system;
    if (fs.find(path)?.kind !== 'file') return undefined;
    return parseAuthorizedKeys(fs.readText(path)).find((key) => key.blob.equals(blob));
  }

  #signedBy(key: AuthorizedKey, context: PublicKeyAuthContext): boolean {
    if (context.signature === undefined || context.blob === undefined) return true;
    const parsed = ssh2.utils.parseKey(`${key.type} ${key.blob.toString('base64')}`);
    if (parsed instanceof Error) return false;
    return parsed.verify(context.blob, context.signature, context.hashAlgo);
  }
}
