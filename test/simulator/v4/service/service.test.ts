import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import { exchange } from '../recordings.js';

const FLASK = {
  message:
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and ' +
    'try again.',
};

test('the one who asks, in an envelope as recorded', async () => {
  const { api, simulator } = await started({ pcVersion: 'pc.7.6' });
  const { status, headers, body } = await api.absolute('GET', '/api/iam/v4.0/authn/users/me');
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'x-ntnx-product': 'pc.7.6', 'x-ntnx-env': 'pc', vary: 'Origin' });
  const link = `https://${simulator.host}:${String(simulator.port)}/api/iam/v4.0/authn/users/me`;
  expect(body).toEqual({
    data: {
      extId: '00000000-0000-0000-0000-000000000000',
      username: 'admin',
      userType: 'LOCAL',
      displayName: 'admin',
      status: 'ACTIVE',
      $reserved: { $fv: 'v4.r0' },
      $objectType: 'iam.v4.authn.User',
    },
    $reserved: { $fv: 'v4.r0' },
    $objectType: 'iam.v4.authn.GetUserApiResponse',
    metadata: {
      flags: ['hasError', 'isPaginated', 'isTruncated', 'isExpandRestricted'].map((name) => ({
        name,
        value: false,
        $reserved: { $fv: 'v1.r0' },
        $objectType: 'common.v1.config.Flag',
      })),
      $reserved: { $fv: 'v1.r0' },
      $objectType: 'common.v1.response.ApiResponseMetadata',
      links: [
        { href: link, rel: 'self', $reserved: { $fv: 'v1.r0' }, $objectType: 'common.v1.response.ApiLink' },
      ],
    },
  });
});

/** [Prism Central, newest vmm, newest prism; undefined = not served] */
test.each([
  ['pc.2023.4', undefined, undefined],
  ['pc.2024.3.0.1', 'v4.0', 'v4.0'],
  ['pc.7.3', 'v4.1', 'v4.1'],
  ['pc.7.5.1', 'v4.2', 'v4.2'],
  ['pc.7.6', 'v4.3', 'v4.4'],
  ['pc.8.0', 'v4.3', 'v4.4'],
])('%s tells its versions', async (pcVersion, vmm, prism) => {
  const { api } = await started({ pcVersion });
  const { status, body } = await api.absolute('GET', '/api/actuator/versionroutes');
  if (vmm === undefined) {
    expect([status, body]).toEqual([404, FLASK]);
    return;
  }
  const newest = (namespace: string): string | undefined =>
    versionsOf(body, namespace)
      .filter((version) => /^v4\.\d$/.test(version))
      .sort()
      .at(-1);
  expect([newest('vmm'), newest('prism')]).toEqual([vmm, prism]);
});

test('what pc.2024.3 tells of a namespace is what was recorded', async () => {
  const recorded = exchange('other/actuator-versionroutes').response.body;
  const { api } = await started({ pcVersion: 'pc.2024.3.0.1' });
  const { body } = await api.absolute('GET', '/api/actuator/versionroutes');
  const names = listOf(body).map((row) => String(at(row, 'namespace')));
  expect(names).toHaveLength(7);
  for (const name of names) {
    expect(versionsOf(body, name).sort()).toEqual(versionsOf(recorded, name).sort());
    expect(routesOf(body, name)).toEqual(routesOf(recorded, name));
  }
});

function namespaceOf(body: unknown, name: string): unknown[] {
  return listOf(
    at(
      listOf(body).find((row) => at(row, 'namespace') === name),
      'versionRoutes',
    ),
  );
}

function versionsOf(body: unknown, name: string): string[] {
  return namespaceOf(body, name).map((row) => String(at(row, 'version')));
}

/** Of the version that is released. */
function routesOf(body: unknown, name: string): unknown[] {
  const row = namespaceOf(body, name).find((one) => at(one, 'version') === 'v4.0');
  return listOf(at(row, 'routes')).sort();
}

test.each([
  ['pc.7.3', 404, FLASK],
  ['pc.7.5', 200, { data: 'v4.2' }],
  ['pc.7.6', 200, { data: 'v4.3' }],
])('%s answers OPTIONS with %i', async (pcVersion, status, body) => {
  const { api } = await started({ pcVersion });
  expect(await api.absolute('OPTIONS', '/api/vmm/unversioned/info')).toMatchObject({ status, body });
});

test.each(['/api/iam/v4.9/authn/users', '/api/nothing/v4.0/config', '/api/iam/v4.0/authn/nothing'])(
  'nothing is at %s, in the words of the web framework',
  async (path) => {
    const { api } = await started({ pcVersion: 'pc.7.6' });
    expect(await api.absolute('GET', path)).toMatchObject({ status: 404, body: FLASK });
  },
);

test('a user who is not there', async () => {
  const { api } = await started();
  const { status, body } = await api.absolute('GET', '/api/iam/v4.0/authn/users/nobody');
  expect(status).toBe(404);
  expect(objectOf(body)).toEqual({
    data: {
      error: [
        {
          message: 'User with external identifier nobody does not exist.',
          severity: 'ERROR',
          code: 'IAM-20001',
          locale: 'en-US',
          errorGroup: 'USER_NOT_FOUND',
          argumentsMap: { extId: 'nobody' },
          $objectType: 'iam.v4.error.AppMessage',
        },
      ],
      $errorItemDiscriminator: 'List<iam.v4.error.AppMessage>',
      $objectType: 'iam.v4.error.ErrorResponse',
    },
    $dataItemDiscriminator: 'iam.v4.error.ErrorResponse',
  });
});

test('whoever is not known gets a body of v3 as plain text, with the blanks of the real one', async () => {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  const { status, headers, body } = await api.absolute('GET', '/api/iam/v4.0/authn/users', undefined, {
    signIn: false,
  });
  expect([status, headers['content-type'], headers['content-length']]).toEqual([401, 'text/plain', '209']);
  expect(headers).not.toHaveProperty('x-ntnx-product');
  expect(headers).not.toHaveProperty('set-cookie');
  expect(body).toMatchObject({ api_version: '3.1', code: 401 });
});

test('a Prism Central can be made to have one interface only', async () => {
  const v4 = await started({ apis: ['v4'] });
  expect((await v4.api.call('GET', '/users/me')).status).toBe(404);
  expect((await v4.api.absolute('GET', '/api/iam/v4.0/authn/users')).status).toBe(200);
  const v3 = await started({ apis: ['v3'] });
  expect((await v3.api.call('GET', '/users/me')).status).toBe(200);
  expect((await v3.api.absolute('GET', '/api/iam/v4.0/authn/users')).status).toBe(404);
  await expect(started({ apis: ['v4'], pcVersion: 'pc.2023.4' })).rejects.toThrow(
    'pc.2023.4 has none of: v4',
  );
});

test('users are found by their names', async () => {
  const { api } = await started({ users: [{ username: 'eve', password: 'secret-eve', role: 'viewer' }] });
  const { body } = await api.absolute('GET', "/api/iam/v4.0/authn/users?$filter=username%20eq%20'eve'");
  expect(listOf(at(body, 'data'))).toMatchObject([{ username: 'eve' }]);
});
