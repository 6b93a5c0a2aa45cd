import { PRESET, type FaultRuleInput, type Simulator } from '../../../src/simulator/index.js';
import { OperationError, problemsIn } from '../../../src/support/index.js';
import { context, rejection } from '../fixtures.js';
import { left, NOTHING, request as everything, simulated } from '../simulated.js';
import { presetSpec, v4Providers } from './simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

/** Which server of the preset tells projects is another test's matter. */
const request = { ...everything, subnets: [PRESET.managedSubnet.name], project: undefined };

async function scene(match: FaultRuleInput['match'], effects: FaultRuleInput['do']) {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  simulator.addFault({ name: 'x', match: { api: 'v4', ...match }, do: effects });
  const provider = to(simulator);
  const creationToken = await provider.issueCreationToken('web-1', context());
  return {
    simulator,
    resolving: async () => await provider.resolve(request, context()),
    creating: async () => await provider.create(creationToken, presetSpec('web-1'), context()),
    removing: async () => {
      await provider.remove({ name: 'web-1', creationToken }, context());
    },
  };
}

async function nothingIsLeft(simulator: Simulator, removing: () => Promise<void>): Promise<void> {
  simulator.clearFaults();
  await removing();
  expect(left(simulator)).toEqual(NOTHING);
}

describe('a role without one permission: the operation is named, and nothing is left behind', () => {
  test.each<[string, string, string]>([
    ['POST', '/vmm/ahv/config/vms', 'Create_New_Virtual_Machine'],
    ['POST', '/vmm/ahv/config/vms/*/$actions/power-on', 'Power_On_Virtual_Machine'],
    ['GET', '/vmm/ahv/config/vms/*', 'View_Existing_Virtual_Machine'],
    ['GET', '/prism/config/tasks/*', 'View_Task'],
  ])('create without %s %s', async (method, path, operation) => {
    const { simulator, creating, removing } = await scene({ method, path }, { status: 403 });
    const error = await rejection(creating());
    expect(error).toMatchObject({
      code: 'permission-denied',
      attempted: expect.stringMatching('create VM "web-1"') as string,
      problem: expect.stringMatching(/HTTP 403: .*\[RBA-10001\]/) as string,
      advice: expect.stringMatching(`lacks the operation "${operation}"`) as string,
    });
    await nothingIsLeft(simulator, removing);
  });

  test.each<[string, string]>([
    ['/networking/config/subnets', 'View_Subnet'],
    ['/clustermgmt/config/clusters', 'View_Cluster'],
    ['/clustermgmt/config/storage-containers', 'View_Storage_Container'],
    ['/vmm/content/images', 'View_Image'],
    ['/prism/config/categories', 'View_Category'],
  ])('look-ups without GET %s', async (path, operation) => {
    const { simulator, resolving, removing } = await scene({ method: 'GET', path }, { status: 403 });
    const error = await rejection(resolving());
    const problems = problemsIn(error).filter((one) => one instanceof OperationError);
    expect(problems).not.toEqual([]);
    for (const problem of problems) {
      expect(problem.code).toBe('permission-denied');
      expect(problem.message).toContain(`lacks the operation "${operation}"`);
    }
    await nothingIsLeft(simulator, removing);
  });
});

describe('a namespace that answers 503: one error that says so, and nothing is left behind', () => {
  test.each(['/networking/**', '/clustermgmt/**', '/vmm/content/**', '/prism/config/categories'])(
    'look-ups without %s',
    async (path) => {
      const { simulator, resolving, removing } = await scene({ path }, { absent: 503 });
      expect(await rejection(resolving())).toMatchObject({
        code: 'unavailable',
        problem: expect.stringMatching(/HTTP 503: no healthy upstream/) as string,
      });
      await nothingIsLeft(simulator, removing);
    },
  );

  test.each(['/vmm/ahv/config/vms', '/vmm/ahv/config/vms/*/$actions/*', '/vmm/**'])(
    'create without %s',
    async (path) => {
      const { simulator, creating, removing } = await scene({ path }, { absent: 503 });
      expect(await rejection(creating())).toMatchObject({
        code: 'unavailable',
        attempted: expect.stringMatching('create VM "web-1"') as string,
      });
      await nothingIsLeft(simulator, removing);
    },
  );

  test('tasks are waited for as long as it takes', async () => {
    const { simulator, creating, removing } = await scene(
      { path: '/prism/config/tasks/*', nth: { from: 1, to: 12 } },
      { absent: 503 },
    );
    const uuid = await creating();
    expect(simulator.vms()).toMatchObject([{ uuid, power: 'ON' }]);
    await nothingIsLeft(simulator, removing);
  });
});
