import { parse } from 'yaml';
import { pluginSetup } from '../../../../src/fleet/platform/volumes/plugin-setup.js';
import type { Connection } from '../../../../src/provider/index.js';

const connection: Connection = {
  host: 'prism.example',
  port: 9440,
  credentials: { kind: 'password', username: 'admin', password: 'of-the-fleet' },
  trust: { kind: 'authorities', pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
};

describe('the files of the volume plugin on a host', () => {
  test('have its own account, the authorities and the policy, and nothing of the account of the fleet', () => {
    const account = { at: 'password-env', username: 'volumes', variable: 'VP' } as const;
    const setup = pluginSetup(
      {
        on: { role: 'all', which: 'all' },
        account,
        attachment: 'vm',
        policy: { defaults: { size: '2GiB' } },
      },
      { connection, cluster: 'prod' },
      `it's: "a" secret # here`,
    );
    expect(parse(setup.config)).toEqual({
      endpoint: 'prism.example',
      port: 9440,
      username: 'volumes',
      password: `it's: "a" secret # here`,
      ca: connection.trust.kind === 'authorities' ? connection.trust.pem : '',
      cluster: 'prod',
      attachment: 'vm',
    });
    expect(parse(setup.policy)).toEqual({ defaults: { size: '2GiB' }, overrides: {} });
    expect(JSON.stringify(setup)).not.toContain('of-the-fleet');
  });

  test.each([
    [{ kind: 'system' } as const, {}],
    [{ kind: 'insecure' } as const, { insecure: true }],
    [{ kind: 'fingerprint', sha256: 'ab' } as const, { fingerprint: 'sha256:ab' }],
  ])('trust %j', (trust, keys) => {
    const account = { at: 'api-key-env', variable: 'VK' } as const;
    const plugin = {
      on: { role: 'all', which: 'all' },
      account,
      endpoint: 'pc.inside.example:9441',
      attachment: 'iscsi',
      storageContainer: 'fast',
      policy: {},
    } as const;
    const { config } = pluginSetup(plugin, { connection: { ...connection, trust }, cluster: undefined }, 'k');
    expect(parse(config)).toEqual({
      endpoint: 'pc.inside.example:9441',
      'api-key': 'k',
      attachment: 'iscsi',
      'storage-container': 'fast',
      ...keys,
    });
  });
});
