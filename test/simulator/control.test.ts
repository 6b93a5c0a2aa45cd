import type { FaultRuleInput } from '../../src/simulator/index.js';
import { at, objectOf } from './api-client.js';
import { started } from './running.js';

const rule = (fields: Omit<FaultRuleInput, 'name'>): FaultRuleInput => ({ name: 'test fault', ...fields });

describe('rules come and go', () => {
  test('by the control endpoint, which wants an administrator', async () => {
    const { api } = await started();
    const body = { name: 'once', match: { path: '/versions' }, do: { status: 500 }, times: 1 };
    const refused = await api.absolute('POST', '/simulator/faults', body, { signIn: false });
    expect(refused.status).toBe(401);
    const added = await api.absolute('POST', '/simulator/faults', body);
    expect([added.status, at(added.body, 0, 'name')]).toEqual([201, 'once']);
    expect((await api.call('GET', '/versions')).status).toBe(500);
    const listed = await api.absolute('GET', '/simulator/faults', undefined, { signIn: false });
    expect(at(listed.body, 0, 'struck')).toBe(1);
    expect((await api.absolute('DELETE', '/simulator/faults/other')).status).toBe(404);
    expect((await api.absolute('DELETE', '/simulator/faults/once')).body).toEqual([]);
    await api.absolute('POST', '/simulator/faults', [body, { ...body, name: 'twice' }]);
    expect((await api.absolute('DELETE', '/simulator/faults')).body).toEqual([]);
  });

  test('what is no rule is refused, every wrong field named', async () => {
    const { api, simulator } = await started();
    const body = { name: '', match: { nth: 0, colour: 'red' }, do: { status: 42, task: { outcome: 'odd' } } };
    const answer = await api.absolute('POST', '/simulator/faults', body);
    expect(answer.status).toBe(422);
    const text = String(at(answer.body, 'message_list', 0, 'message'));
    for (const field of ['name', 'nth', 'colour', 'status', 'outcome']) expect(text).toContain(field);
    expect(() => simulator.addFault(objectOf(body) as never)).toThrow(/read fault rules from code/);
  });

  test('a rule of the same name replaces the old one and starts counting anew', async () => {
    const { simulator, api } = await started();
    simulator.addFault(rule({ do: { status: 500 } }));
    await api.call('GET', '/versions');
    simulator.addFault(rule({ do: { delay: 0 } }));
    expect(simulator.snapshot().faults).toEqual([{ name: 'test fault', struck: 0 }]);
    expect([simulator.removeFault('test fault'), simulator.removeFault('test fault')]).toEqual([true, false]);
  });
});
