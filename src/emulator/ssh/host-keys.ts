import ssh2 from 'ssh2';
import { root, type MemoryFileSystem } from '../filesystem/index.js';

interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** Both kinds are made in well under a millisecond; every client of the last ten years takes one of them. */
const GENERATORS: Readonly<Record<string, (comment: string) => KeyPair>> = {
  ed25519: (comment) => ssh2.utils.generateKeyPairSync('ed25519', { comment }),
  ecdsa: (comment) => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, comment }),
};

/** The guest's private host keys; made at the first start of sshd and kept in /etc/ssh from then on. */
export function hostKeys(fs: MemoryFileSystem, hostname: string): string[] {
  return Object.entries(GENERATORS).map(([type, generate]) => {
    const path = `/etc/ssh/ssh_host_${type}_key`;
    if (fs.find(path) === undefined) {
      const pair = readable(() => generate(`root@${hostname}`));
      fs.writeFile(path, pair.private, root, 0o600);
      fs.writeFile(`${path}.pub`, `${pair.public}\n`);
    }
    return fs.readText(path);
  });
}

/** ssh2 drops zero bytes at the start of an ed25519 key: one pair in 256 cannot be read by any client. */
function readable(generate: () => KeyPair): KeyPair {
  for (;;) {
    const pair = generate();
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
