import { fingerprint, oneOf, portNumber, proxyUrl } from './checks.js';
import { endpointCheck } from './endpoint.js';
import { boolOption, stringOption } from './option.js';

const group = 'Prism Central';

/** How to reach Prism Central and who is asking. The keys of the record are those of config.json. */
export const prismCentralOptions = {
  Endpoint: stringOption({
    name: 'nutanix-endpoint',
    env: 'NUTANIX_ENDPOINT',
    group,
    help: 'Host name or address of Prism Central, with or without :PORT',
    required: true,
    check: endpointCheck,
    since: 'official',
  }),
  Port: stringOption({
    name: 'nutanix-port',
    env: 'NUTANIX_PORT',
    group,
    help: 'Port of Prism Central, unless the endpoint has one',
    fallback: '9440',
    check: portNumber,
    since: 'official',
  }),
  Username: stringOption({
    name: 'nutanix-username',
    env: 'NUTANIX_USERNAME',
    group,
    help: 'User name; X-ntnx-api-key = the password is the API key of a service account',
    since: 'official',
  }),
  Password: stringOption({
    name: 'nutanix-password',
    env: 'NUTANIX_PASSWORD',
    group,
    help: 'Password of the user',
    secret: true,
    since: 'official',
  }),
  APIKey: stringOption({
    name: 'nutanix-api-key',
    env: 'NUTANIX_API_KEY',
    group,
    help: 'API key of a service account, instead of user name and password',
    secret: true,
  }),
  CredentialsFile: stringOption({
    name: 'nutanix-credentials-file',
    env: 'NUTANIX_CREDENTIALS_FILE',
    group,
    help: 'File with lines username=, password= or api-key=; if it is executable, a helper that prints them',
  }),
  StoreCredentials: stringOption({
    name: 'nutanix-store-credentials',
    env: 'NUTANIX_STORE_CREDENTIALS',
    group,
    help: 'false = no password or key in config.json; each command takes them from the file or the environment',
    fallback: 'true',
    check: oneOf('true', 'false'),
  }),
  Insecure: boolOption({
    name: 'nutanix-insecure',
    env: 'NUTANIX_INSECURE',
    group,
    help: 'Trust any TLS certificate; a computer in between can then read the password',
    since: 'official',
  }),
  CAFile: stringOption({
    name: 'nutanix-ca-file',
    env: 'NUTANIX_CA_FILE',
    group,
    help: 'PEM file of the authority that signed the certificate of Prism Central',
  }),
  Fingerprint: stringOption({
    name: 'nutanix-fingerprint',
    env: 'NUTANIX_FINGERPRINT',
    group,
    help: 'Trust exactly the certificate with this SHA-256, as sha256:HEX',
    check: fingerprint,
  }),
  ProxyURL: stringOption({
    name: 'nutanix-proxy',
    env: 'NUTANIX_PROXY',
    group,
    help: 'URL of an HTTP proxy to Prism Central; otherwise HTTPS_PROXY, ALL_PROXY and NO_PROXY count',
    check: proxyUrl,
  }),
  API: stringOption({
    name: 'nutanix-api',
    env: 'NUTANIX_API',
    group,
    help: 'API of Prism Central to speak: auto (v4 where it is served, else v3), v4 or v3',
    fallback: 'auto',
    check: oneOf('auto', 'v4', 'v3'),
  }),
} as const;
