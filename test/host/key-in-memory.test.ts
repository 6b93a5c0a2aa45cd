import { readFileSync } from 'node:fs';
import { generatePrivateKey } from '../../src/guest/private-key.js';
import type { HostSpec } from '../../src/host/index.js';
import { startSshServer } from '../guest/ssh-server.js';
import { HostSetup, NOTHING } from './host-setup.js';

let setup: HostSetup;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => await setup.dispose());

/** A host whose key lies in no file, and its guest, which takes that key once the VM is made. */
async function hostWithKey(): Promise<HostSpec> {
  const privateKey = await generatePrivateKey('ed25519');
  const spec = await setup.sshSpec();
  setup.cloud.after('create', async () => {
    const [vm] = setup.cloud.vms.values();
    const [publicKey = ''] = /ssh-ed25519 \S+/.exec(vm?.spec.userData ?? '') ?? [];
    setup.guest = await startSshServer({ user: spec.ssh.user, publicKey, port: spec.ssh.port });
  });
  return { ...spec, ssh: { ...spec.ssh, keyPath: "the runner's key", generate: false, privateKey } };
}

test('a host is made and waited for with a key that is in no file', async () => {
  const spec = await hostWithKey();
  const { hosts, context } = setup;
  const prepared = await hosts.prepare(spec, context);
  const { vmId, address } = await hosts.create(spec, prepared, context);
  const identity = { name: spec.name, creationToken: prepared.creationToken, vmId };
  expect(await hosts.waitUntilReady(spec, identity, context)).toBe(address);
  expect(setup.leftovers()).toEqual({ vms: 1, reservations: 0, files: [] });
});

test('a key that cannot be used is found before anything is made, and named', async () => {
  const { ssh } = setup.spec();
  const spec = setup.spec({
    ssh: { ...ssh, keyPath: "the runner's key", privateKey: 'ssh-ed25519 AAAA', generate: false },
  });
  const message = "use the SSH key the runner's key: it is a public key.";
  await expect(setup.hosts.check(spec, setup.context)).rejects.toThrow(message);
  expect(setup.leftovers()).toEqual(NOTHING);
});

test('what was checked once is not looked up again for the next host', async () => {
  const { hosts, context, cloud } = setup;
  const placement = await hosts.check(setup.spec(), context);
  const prepared = await hosts.prepare(setup.spec({ name: 'web-2' }), context, placement);
  expect(prepared).toEqual({ placement, creationToken: 'key-1-web-2' });
  expect(cloud.calls).toEqual(['resolve', 'issueCreationToken']);
});

test('that the VM is made is told before its guest is ready', async () => {
  const spec = await setup.sshSpec();
  const { hosts, context } = setup;
  const events: string[] = [];
  setup.clock.onSleep(async () => {
    if (setup.guest !== undefined) return;
    events.push('guest starts');
    const publicKey = readFileSync(`${spec.ssh.keyPath}.pub`, 'utf8');
    setup.guest = await startSshServer({ user: 'root', publicKey, port: spec.ssh.port });
  });
  const prepared = await hosts.prepare(spec, context);
  await hosts.create(spec, prepared, context, (vmId) => events.push(`made ${vmId}`));
  expect(events).toEqual(['made vm-of-key-1-web-1', 'guest starts']);
});
