import type { EmulatedGuestOptions } from '../../../src/emulator/guest/options.js';
import type { GuestSpec } from '../../../src/simulator/guests/index.js';
import { root } from '../../../src/emulator/filesystem/index.js';
import { parseSavedGuests, type SavedGuests } from '../../../src/emulator/guest/saved-guests.js';
import { OperationError, silentLogger } from '../../../src/support/index.js';
import { emulatedGuests, started, Told } from '../guest.js';
import { run } from '../running-system.js';
import { held } from './held-guest.js';

const disks = ['s', 'a'].map((uuid, index) => ({ uuid, sizeBytes: 2 ** 30, adapter: 'SCSI', index }));

/** The way through a file. */
const throughJson = (value: unknown): SavedGuests => parseSavedGuests(JSON.parse(JSON.stringify(value)));

/** A guest of another backend, which has taken up what was saved. */
async function resumed(spec: GuestSpec, saved: unknown, options: Partial<EmulatedGuestOptions> = {}) {
  const backend = emulatedGuests(options);
  backend.load(saved);
  await backend.powerOn(spec, new Told());
  const system = backend.system(spec.vmUuid);
  if (system === undefined) throw new Error('the guest is off');
  await system.cloudInit.finished(AbortSignal.timeout(120_000));
  return { backend, system };
}

/** A guest with all kinds of objects on two disks, saved while it runs. */
async function saved() {
  const { backend, spec } = await started({ disks });
  const system = backend.system(spec.vmUuid);
  if (system === undefined) throw new Error('the guest is off');
  const script = [
    'mkfs.ext4 -q -L a /dev/sdb; mkdir /m; mount /dev/sdb /m; echo "LABEL=a /m ext4 defaults 0 2" >>/etc/fstab',
    'echo on-a >/m/f; useradd -m ann; echo hers >/home/ann/f; chown ann:ann /home/ann/f; chmod 4750 /home/ann/f',
    'ln /home/ann/f /root/hard; ln -s /home/ann /root/soft; echo lost >/tmp/f; : >/root/empty',
    'echo "echo ran >>/root/runs" >/root/__proto__; apt-get install -y docker.io >/dev/null',
  ];
  await run(system, script.join('\n'));
  system.fs.writeFile('/root/bytes', Uint8Array.from([0, 255, 13, 10]));
  const state = throughJson(backend.save(new Set([spec.vmUuid])));
  const hostKey = system.fs.readText('/etc/ssh/ssh_host_ed25519_key');
  await backend.close();
  return { state, spec, hostKey };
}

describe('guests saved by one backend and loaded by another', () => {
  test('have their files, users, packages, keys and disks; /tmp is new, and cloud-init does not run again', async () => {
    const { state, spec, hostKey } = await saved();
    const { system } = await resumed(spec, state);
    const look = [
      'cat /m/f; findmnt -n -o SOURCE /m; stat -c "%U %a" /home/ann/f; readlink /root/soft; ls -a /tmp',
      'stat -c %s /root/empty; cat /root/__proto__; systemctl is-active docker ssh; id -un ann; hostname',
    ];
    expect((await run(system, look.join('\n'))).out.split('\n')).toEqual([
      ...['on-a', '/dev/sdb', 'ann 4750', '/home/ann', '.', '..'],
      ...['0', 'echo ran >>/root/runs', 'active', 'active', 'ann', 'web-1', ''],
    ]);
    expect([...system.fs.readFile('/root/bytes')]).toEqual([0, 255, 13, 10]);
    expect(system.fs.readText('/etc/ssh/ssh_host_ed25519_key')).toBe(hostKey);
    // Two names of one file: what is written under the one is read under the other.
    await run(system, 'echo more >>/root/hard');
    expect(system.fs.readText('/home/ann/f')).toBe('hers\nmore\n');
  });

  test('are the same when saved again, and count against the same limits', async () => {
    const { state, spec } = await saved();
    const { backend, system } = await resumed(spec, state);
    const before = system.fs.usedBytes;
    system.fs.writeFile('/root/empty', 'x'.repeat(1000));
    expect(system.fs.usedBytes).toBe(before + 1000);
    system.fs.remove('/root/empty', root);
    expect(system.fs.usedBytes).toBe(before);
    const again = throughJson(backend.save(new Set([spec.vmUuid])));
    const contents = ({ machines: [machine] }: SavedGuests): string[] =>
      (machine?.nodes ?? []).flatMap((node) =>
        node.kind === 'file' && node.content !== '' ? [node.content] : [],
      );
    const changed = /emulated|^\d+\.\d\d - /; // cloud-init's own record of each boot
    expect(
      contents(again)
        .filter((text) => !changed.test(text))
        .sort(),
    ).toEqual(
      contents(state)
        .filter((text) => !changed.test(text))
        .sort(),
    );
  });

  test('an address of their own stays', async () => {
    const nics = [
      { uuid: 'n', macAddress: '50:6b:8d:00:00:01', address: undefined, prefixLength: undefined },
    ];
    const { backend, spec, system } = await held({ nics });
    const state = throughJson(backend.save(new Set([spec.vmUuid])));
    const [address] = system().network.addresses;
    expect(state.addresses).toEqual([['n', address]]);
    await backend.close();
    const other = { ...state, addresses: [['n', '127.78.3.3']] };
    expect((await resumed(spec, other)).system.network.addresses).toEqual(['127.78.3.3']);
  });

  test('only those that are asked for are saved, and no more than fit; that is said', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
    const { backend, spec } = await held({}, { maxSavedBytes: 10_000, logger });
    expect(backend.save(new Set())).toEqual({ machines: [], addresses: [] });
    expect(warnings).toEqual([]);
    expect(backend.save(new Set([spec.vmUuid])).machines).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(spec.vmUuid)]);
  });
});

describe('what nobody has saved is refused', () => {
  const own = { uid: 0, gid: 0, mode: 0o755, mtime: 0 };
  const directory = (...entries: [string, number][]) => ({ kind: 'directory', ...own, entries });
  const file = (content: string) => ({ kind: 'file', ...own, content, encoding: 'utf8' });
  const machine = (...nodes: unknown[]) => ({ vmUuid: 'v', nicUuids: [], root: 0, disks: [], nodes });

  test.each([
    ['an entry that leads nowhere', machine(directory(['a', 1])), 'entry "a" leads nowhere'],
    [
      'a directory inside of itself',
      machine(directory(['a', 1]), directory(['b', 1], ['c', 1])),
      'two names',
    ],
    [
      'a root inside of the tree',
      machine(directory(['a', 1]), directory(['b', 0])),
      'object 0 is not the root',
    ],
    ['a file for a root', machine(file('')), 'object 0 is not the root'],
    ['no root', machine(), 'object 0 is not the root'],
    ['two entries of one name', machine(directory(['a', 1], ['a', 1]), file('')), 'two entries "a"'],
    ['a name with a slash', machine(directory(['a/b', 1]), file('')), 'machines.0.nodes.0'],
    ['the name ..', machine(directory(['..', 1]), file('')), 'machines.0.nodes.0'],
    ['a mode that is none', machine({ ...directory(), mode: 0o10000 }), 'machines.0.nodes.0.mode'],
    ['more bytes than a guest may have', machine(directory(['a', 1]), file('x'.repeat(2000))), 'more files'],
    ['no machine', 5, 'machines.0'],
  ])('%s', (_, damaged, problem) => {
    const backend = emulatedGuests({ maxFileBytes: 1000 });
    const load = (): void => backend.load({ machines: [damaged], addresses: [] });
    expect(load).toThrow(OperationError);
    expect(load).toThrow(problem);
  });

  test("an address that is not a guest's own is not taken", async () => {
    const nics = [
      { uuid: 'n', macAddress: '50:6b:8d:00:00:01', address: undefined, prefixLength: undefined },
    ];
    const { backend, spec, system } = await held({ nics });
    const [address] = system().network.addresses;
    await backend.close();
    const hostile = {
      machines: [],
      addresses: [
        ['n', '0.0.0.0'],
        ['n', '127.78.x'],
        ['n', '127.0.0.1'],
      ],
    };
    expect((await resumed(spec, hostile)).system.network.addresses).toEqual([address]);
  });
});

test('what was in /tmp does not count after a reboot', async () => {
  const { clock, guest, system } = await held();
  await clock.advance(1000);
  await guest.reset();
  await clock.advance(1000);
  const { usedBytes } = system().fs;
  await run(system(), 'head -c 100000 /dev/zero >/tmp/f');
  expect(system().fs.usedBytes).toBeGreaterThanOrEqual(usedBytes + 100_000);
  await guest.reset();
  await clock.advance(1000);
  expect(system().fs.usedBytes).toBeLessThan(usedBytes + 1000);
});
