import { OperationError } from '../../src/support/index.js';
import type { Answer } from '../guest/ssh-server.js';
import { hang } from './fake-provider.js';
import { HostSetup, NOTHING } from './host-setup.js';

let setup: HostSetup;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => await setup.dispose());

const cancelled = new OperationError({
  code: 'cancelled',
  attempted: 'create host "web-1"',
  problem: 'stopped by SIGINT',
});

describe('a Create that is ended by its signal leaves nothing', () => {
  it.each(['resolve', 'issueCreationToken', 'create', 'find'] as const)(
    'in the middle of %s',
    async (method) => {
      setup.cloud.before(method, async (context) => {
        setup.controller.abort(cancelled);
        await hang(context);
      });
      await expect(setup.create(setup.spec())).rejects.toThrow('stopped by SIGINT');
      expect(setup.leftovers()).toEqual(NOTHING);
    },
  );

  it.each(['resolve', 'issueCreationToken', 'create', 'find'] as const)(
    'at the end of %s',
    async (method) => {
      setup.cloud.after(method, () => setup.controller.abort(cancelled));
      await expect(setup.create(setup.spec())).rejects.toThrow('stopped by SIGINT');
      expect(setup.leftovers()).toEqual(NOTHING);
    },
  );

  it('between PreCreateCheck and Create', async () => {
    const prepared = await setup.hosts.prepare(setup.spec(), setup.context);
    setup.controller.abort(cancelled);
    await expect(setup.hosts.create(setup.spec(), prepared, setup.context)).rejects.toThrow(
      'stopped by SIGINT',
    );
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while waiting, and says for what', async () => {
    setup.cloud.nics = [];
    setup.clock.onSleep((now) => {
      if (now > 60_000)
        setup.controller.abort(
          new OperationError({
            code: 'timeout',
            attempted: 'create host "web-1"',
            problem: 'not done after 60 s',
          }),
        );
    });
    await expect(setup.create(setup.spec())).rejects.toMatchObject({
      code: 'timeout',
      message:
        'create host "web-1": not done after 60 s; was waiting for an address of VM "web-1", last seen: the VM has no address yet. ' +
        "Check that the subnet gives addresses, that the image's network comes up, and that this machine reaches it.",
    });
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while logging in', async () => {
    setup.clock.onSleep(() => setup.controller.abort(cancelled));
    const spec = await setup.sshSpec();
    const prepared = await setup.hosts.prepare(spec, setup.context);
    await expect(setup.hosts.create(spec, prepared, setup.context)).rejects.toThrow('stopped by SIGINT');
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it('while a command runs in the guest', async () => {
    const spec = await setup.sshSpec({ waitFor: 'cloud-init' });
    const answer = (): Answer => {
      setTimeout(() => setup.controller.abort(cancelled), 20);
      return 'hang';
    };
    await expect(setup.create(spec, answer)).rejects.toThrow('stopped by SIGINT');
    expect(setup.leftovers()).toEqual(NOTHING);
  });
});
