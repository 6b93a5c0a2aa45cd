import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError, replaceFile } from '../../support/index.js';
import { entriesOf } from '../devices/block-devices.js';

/** How this host signs in to a target. */
export interface Chap {
  readonly username: string;
  /** Printable ASCII without blanks: open-iscsi cuts blanks off. */
  readonly secret: string;
}

/*
 * open-iscsi keeps what it knows of a target as a text file that only root can read (0600):
 *
 *     nodes/<IQN>/<address>,<port>,<portal group>/<interface>
 *     nodes/<IQN>/<address>,<port>                               of a target without portal group
 *
 *     # BEGIN RECORD 2.1.8
 *     node.name = iqn.2010-06.com.nutanix:wpdb-tgt0
 *     node.session.auth.authmethod = None
 *     ...
 *     # END RECORD
 *
 * iscsiadm takes a setting by its command line only, which every user of the host can read. So a secret is written into
 * the file of the record that iscsiadm has made; it is read again at each login. (open-iscsi 2.1.8, usr/idbm.c)
 */

/** The records of open-iscsi on this host. */
export class TargetRecords {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders.map((folder) => join(folder, 'nodes'));
  }

  /** Names of all targets that have a record. */
  async targets(): Promise<readonly string[]> {
    const names = await Promise.all(this.#folders.map(async (folder) => await entriesOf(folder)));
    return [...new Set(names.flat())];
  }

  /** Writes into all records of the target how to sign in, and that nothing logs in by itself at boot. */
  async configure(target: string, chap: Chap | undefined, attempted: string): Promise<void> {
    if (chap !== undefined && !/^[\x21-\x7e]+$/.test(chap.secret)) {
      const problem = 'the CHAP secret has blanks, or characters that are not ASCII';
      throw new OperationError({ code: 'invalid-input', attempted, problem });
    }
    const files = await this.#filesOf(target);
    if (files.length === 0) {
      const problem = `iscsiadm has made no record of ${target} in ${this.#folders.join(' or ')}`;
      throw new OperationError({ code: 'unexpected-response', attempted, problem });
    }
    try {
      for (const file of files) {
        await replaceFile(file, recordWith(await readFile(file, 'utf8'), settingsOf(chap)), 0o600);
      }
    } catch (error) {
      throw OperationError.from(error, attempted).with({ code: 'task-failed' });
    }
  }

  async #filesOf(target: string): Promise<readonly string[]> {
    const files: string[] = [];
    for (const folder of this.#folders) {
      for (const portal of await entriesOf(join(folder, target))) {
        const path = join(folder, target, portal);
        const interfaces = await entriesOf(path);
        files.push(...(interfaces.length === 0 ? [path] : interfaces.map((name) => join(path, name))));
      }
    }
    return files;
  }
}

function settingsOf(chap: Chap | undefined): ReadonlyMap<string, string | undefined> {
  return new Map([
    ['node.startup', 'manual'],
    ['node.conn[0].startup', 'manual'],
    ['node.session.auth.authmethod', chap === undefined ? 'None' : 'CHAP'],
    ['node.session.auth.username', chap?.username],
    ['node.session.auth.password', chap?.secret],
    ['node.session.auth.username_in', undefined],
    ['node.session.auth.password_in', undefined],
  ]);
}

/** The text of a record with these settings; undefined = without the setting. */
export function recordWith(text: string, settings: ReadonlyMap<string, string | undefined>): string {
  const others = text.split('\n').filter((line) => !settings.has(line.split('=')[0]?.trim() ?? ''));
  const end = others.findIndex((line) => line.startsWith('# END RECORD'));
  const lines = [...settings].flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${value}`]));
  return others.toSpliced(end < 0 ? others.length : end, 0, ...lines).join('\n');
}
