import { context } from '../fixtures.js';
import { left, NOTHING, simulated } from '../simulated.js';
import { presetSpec, v4Providers } from './simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

describe.each(['pc.2024.3', 'pc.7.3', 'pc.7.6'])('%s', (pcVersion) => {
  test('the whole life of a VM', async () => {
    const simulator = await start({ pcVersion, profile: 'fast' });
    const provider = to(simulator, { pcVersion });
    const token = await provider.issueCreationToken('web-1', context());
    expect(token).toMatch(/^v4:[0-9a-f-]{36}$/);
    const id = await provider.create(token, presetSpec('web-1'), context());
    const identity = { name: 'web-1', creationToken: token };
    const made = await provider.find({ ...identity, vmId: id }, context());
    expect(made).toMatchObject({
      id,
      name: 'web-1',
      lifecycle: 'ready',
      power: 'on',
      size: {
        sockets: 2,
        coresPerSocket: 3,
        memoryMiB: 4096,
        disks: [
          { bus: 'scsi', sizeGiB: 20 },
          { bus: 'scsi', sizeGiB: 10 },
        ],
      },
    });
    expect(made?.nics[0]?.addresses).toEqual([{ ip: expect.any(String) as string, source: 'assigned' }]);
    expect(await provider.find(identity, context())).toEqual(made);
    await provider.powerOff(id, context());
    await provider.powerOff(id, context());
    expect(await provider.find(identity, context())).toMatchObject({ power: 'off' });
    await expect(provider.reset(id, context())).rejects.toThrow('it is off');
    await expect(provider.requestReboot(id, context())).rejects.toThrow('it is off');
    await provider.requestShutdown(id, context());
    await provider.powerOn(id, context());
    await provider.powerOn(id, context());
    await provider.requestReboot(id, context());
    await provider.reset(id, context());
    await provider.requestShutdown(id, context());
    expect(await provider.listOwned(undefined, context())).toMatchObject([
      { id, name: 'web-1', creationToken: token, genuine: true, madeAt: expect.any(Date) as Date },
    ]);
    expect(await provider.listOwned('web-', context())).toMatchObject([{ id, genuine: true }]);
    expect(await provider.listOwned('eb-', context())).toEqual([]);
    expect(await provider.readOwned(id, context())).toMatchObject({ id, genuine: true });
    await provider.remove({ ...identity, vmId: id }, context());
    await provider.remove({ ...identity, vmId: id }, context());
    expect(left(simulator)).toEqual(NOTHING);
    expect(await provider.find({ ...identity, vmId: id }, context())).toBeUndefined();
    expect(await provider.readOwned(id, context())).toBeUndefined();
  });
});
