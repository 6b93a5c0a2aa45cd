import { connectionFromFlags } from '../../../src/settings/connection/connection-from-flags.js';
import { parseEndpoint } from '../../../src/settings/options/index.js';

const PASSWORD = 'q/Z#c:r@W w';

test.each([
  `https://admin:${PASSWORD}@pc.test:9440`,
  `admin:${PASSWORD}@pc.test`,
  `HTTPS://admin:${encodeURIComponent(PASSWORD)}@pc.test/console/`,
  `http://:${PASSWORD}@[::1]:9440/`,
])('%s: the refusal does not repeat the password', (text) => {
  const answer = parseEndpoint(text);
  const problem = 'problem' in answer ? answer.problem : '';
  expect(problem).toContain('***@');
  for (const part of [PASSWORD, encodeURIComponent(PASSWORD), 'q/Z', 'W w', 'W%20w', 'admin'])
    expect(problem).not.toContain(part);
});

test('nor does the error of a command that takes its credentials from the environment', async () => {
  const endpoint = `https://admin:${PASSWORD}@other.test`;
  const flags = new Map([['nutanix-endpoint', endpoint]]);
  const error: unknown = await connectionFromFlags(flags, { NUTANIX_ENDPOINT: endpoint }, (text) => {
    throw new Error(text);
  }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('***@other.test');
  expect(String(error)).not.toContain('W w');
});
