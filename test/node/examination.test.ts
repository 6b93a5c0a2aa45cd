import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { examineNode, type Finding } from '../../src/node/index.js';

describe('the examination of a host', () => {
  const root = mkdtempSync(join(tmpdir(), 'examination-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const paths = {
    sys: join(root, 'sys'),
    proc: join(root, 'proc'),
    run: join(root, 'run'),
    modules: join(root, 'modules'),
    iscsi: join(root, 'iscsi'),
    programs: [join(root, 'programs')],
  };
  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (path.startsWith('programs/')) chmodSync(join(root, path), 0o755);
  };
  const of = (findings: readonly Finding[], state: string): readonly string[] =>
    findings.filter((finding) => finding.state === state).map(({ subject }) => subject);

  test('says of an empty host what is missing, and of each what to do', async () => {
    const findings = await examineNode(paths);
    expect(of(findings, 'missing')).toEqual([
      'capability CAP_SYS_ADMIN',
      'capability CAP_SYS_RESOURCE',
      'id of this VM',
      'file system xfs',
      'file system ext4',
      'iSCSI initiator',
      'iSCSI daemon',
      'iSCSI in the kernel',
    ]);
    expect(of(findings, 'note')).toEqual(['SCSI adapters', 'udev', 'multipath']);
    const silent = findings.filter(({ state, advice }) => state === 'missing' && advice === undefined);
    expect(silent).toEqual([]);
  });

  test('names the packages of programs that are missing', async () => {
    write('proc/filesystems', 'nodev\tproc\n\text4\n');
    write(`modules/${release()}/modules.dep`, 'kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko\n');
    const findings = await examineNode(paths);
    const found = findings.filter(({ subject }) => subject.startsWith('file system'));
    expect(found.map((finding) => [finding.found, finding.advice])).toEqual([
      ['There is no mkfs.xfs and no xfs_growfs.', 'Install the package xfsprogs on this host.'],
      ['There is no mkfs.ext4 and no resize2fs.', 'Install the package e2fsprogs on this host.'],
    ]);
  });

  test('finds nothing to say against a host that has everything', async () => {
    write('proc/self/status', 'CapEff:\t000001ffffffffff\n');
    write('proc/net/unix', '0000: 00000002 00000000 00010000 0001 01 1 @ISCSIADM_ABSTRACT_NAMESPACE\n');
    write('sys/class/dmi/id/product_uuid', 'b29f577f-1354-4c4a-ae12-f3809dea44cf\n');
    write('sys/class/scsi_host/host0/scan');
    write('sys/module/iscsi_tcp/refcnt', '0');
    write('run/udev/control');
    write('run/multipathd.pid', '1');
    write('iscsi/initiatorname.iscsi', 'InitiatorName=iqn.x:web\n');
    const programs = [
      'mkfs.xfs',
      'xfs_growfs',
      'mkfs.ext4',
      'resize2fs',
      'iscsiadm',
      'multipath',
      'multipathd',
    ];
    for (const program of programs) write(`programs/${program}`);
    const findings = await examineNode(paths);
    expect(of(findings, 'missing')).toEqual([]);
    expect(of(findings, 'note')).toEqual(['multipath']);
  });
});
