import { fillIn, type Scopes } from '../../../src/fleet/declaration/placeholders.js';

const scopes: Scopes = (scope) =>
  Promise.resolve(scope === 'host' ? { name: 'a-2', address: '10.0.0.2', role: 'agent' } : undefined);

describe('placeholders', () => {
  test("are filled in; Docker's own templates stay", async () => {
    const text = 'join {{ host.address }} {{host.name}} --format {{.ID}} {{ .Name }}';
    expect(await fillIn(text, scopes)).toBe('join 10.0.0.2 a-2 --format {{.ID}} {{ .Name }}');
  });

  test.each(['{{ hots.address }}', '{{ host.adress }}'])('%s is refused', async (text) => {
    await expect(fillIn(text, scopes)).rejects.toThrow('there is no such placeholder');
  });
});
