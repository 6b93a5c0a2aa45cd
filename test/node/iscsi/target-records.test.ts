import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesTarget } from '../../../src/node/devices/scsi-identity.js';
import { TargetRecords } from '../../../src/node/iscsi/target-records.js';
import { describeWithLoops, run } from '../loop-devices.js';

const IQN = `iqn.2010-06.com.nutanix:records-test-${String(process.pid)}-tgt0`;
const CHAP = { username: 'iqn.1993-08.org.debian:01:abc', secret: 'a=b #c%d@e/12'.replaceAll(' ', '') };

describe('records of targets', () => {
  const root = mkdtempSync(join(tmpdir(), 'records-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const records = new TargetRecords([join(root, 'none'), root]);

  test.each([
    ['of a portal group', `nodes/${IQN}/10.0.0.5,3260,1/default`],
    ['without one', `nodes/${IQN}/10.0.0.5,3260`],
  ])('get the secret, %s', async (_, path) => {
    const file = join(root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(
      file,
      '# BEGIN RECORD 2.1.8\nnode.name = x\nnode.startup = automatic\nnode.session.auth.authmethod = None\nnode.session.auth.password = old\n# END RECORD\n',
    );
    await records.configure(IQN, CHAP, 'x');
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      '# BEGIN RECORD 2.1.8',
      'node.name = x',
      'node.startup = manual',
      'node.conn[0].startup = manual',
      'node.session.auth.authmethod = CHAP',
      `node.session.auth.username = ${CHAP.username}`,
      `node.session.auth.password = ${CHAP.secret}`,
      '# END RECORD',
      '',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await records.targets()).toEqual([IQN]);
    await records.configure(IQN, undefined, 'x');
    expect(readFileSync(file, 'utf8')).toContain('authmethod = None\n# END');
    rmSync(join(root, 'nodes'), { recursive: true });
  });

  test.each(['a secret', 'line\nend', 'ümlaut', ''])(
    'a secret that open-iscsi would change is refused: %j',
    async (secret) => {
      const end = await records
        .configure(IQN, { ...CHAP, secret }, 'log in')
        .catch((error: unknown) => error);
      expect(end).toMatchObject({ code: 'invalid-input' });
      if (secret !== '') expect(String(end)).not.toContain(secret);
    },
  );

  test('a record that was not made is told', async () => {
    await expect(records.configure(IQN, undefined, 'log in')).rejects.toMatchObject({
      code: 'unexpected-response',
    });
  });
});

describeWithLoops('the real iscsiadm', () => {
  const node = ['--mode', 'node', '-T', IQN] as const;
  beforeAll(() => void run('bash', 'scripts/install-packages.sh', 'open-iscsi'));
  afterAll(() => void run('iscsiadm', ...node, '-o', 'delete'));

  test('reads what was written into its record', async () => {
    run('iscsiadm', ...node, '-p', '10.255.0.9:3260,1', '-o', 'new');
    await new TargetRecords(['/var/lib/iscsi', '/etc/iscsi']).configure(IQN, CHAP, 'x');
    const shown = run('iscsiadm', ...node, '-p', '10.255.0.9:3260,1', '-o', 'show', '-S');
    expect(shown).toContain(`node.session.auth.password = ${CHAP.secret}\n`);
    expect(shown).toContain(`node.session.auth.username = ${CHAP.username}\n`);
    expect(shown).toContain('node.session.auth.authmethod = CHAP\n');
    expect(shown).toContain('node.startup = manual\n');
  });
});

describe("a part of a target's name", () => {
  test.each([
    ['iqn.2010-06.com.nutanix:wpdb-tgt0', 'wpdb', true],
    ['iqn.2010-06.com.nutanix:wpdb', 'WPDB', true],
    ['iqn.2010-06.com.nutanix:wpdb2-tgt0', 'wpdb', false],
    ['iqn.2010-06.com.nutanix:mywpdb-tgt0', 'wpdb', false],
    ['iqn.2010-06.com.nutanix:mywpdb-wpdb', 'wpdb', true],
    ['iqn.2010-06.com.nutanix:x', '', false],
  ])('%s, %s: %s', (iqn, part, expected) => expect(namesTarget(iqn, part)).toBe(expected));
});
