import { fingerprint, oneOf, portNumber, proxyUrl } from './checks.js';
import { endpointCheck } from './endpoint.js';
import { optionsIn } from './option.js';

const option = optionsIn('Prism Central');

/** How to reach Prism Central and who is asking. The keys of the record are those of config.json. */
export const prismCentralOptions = {
  Endpoint: option.string({
    name: 'nutanix-endpoint',
    help: 'Host name or address of Prism Central, with or without :PORT',
    required: true,
    check: endpointCheck,
    since: 'official',
  }),
  Port: option.string({
    name: 'nutanix-port',
    help: 'Port of Prism Central, unless the endpoint has one',
    fallback: '9440',
    check: portNumber,
    since: 'official',
  }),
  Username: option.string({
    name: 'nutanix-username',
    help: 'User name; X-ntnx-api-key = the password is the API key of a service account',
    since: 'official',
  }),
  Password: option.string({
    name: 'nutanix-password',
    help: 'Password of the user',
    secret: true,
    since: 'official',
  }),
  APIKey: option.string({
    name: 'nutanix-api-key',
    help: 'API key of a service account, instead of user name and password',
    secret: true,
  }),
  CredentialsFile: option.string({
    name: 'nutanix-credentials-file',
    help: 'File with lines username=, password= or api-key=; if it is executable, a helper that prints them',
  }),
  StoreCredentials: option.string({
    name: 'nutanix-store-credentials',
    help: 'false = no password or key in config.json; each command takes them from the file or the environment',
    fallback: 'true',
    check: oneOf('true', 'false'),
  }),
  Insecure: option.bool({
    name: 'nutanix-insecure',
    help: 'Trust any TLS certificate; a computer in between can then read the password',
    since: 'official',
  }),
  CAFile: option.string({
    name: 'nutanix-ca-file',
    help: 'PEM file of the authority that signed the certificate of Prism Central',
  }),
  Fingerprint: option.string({
    name: 'nutanix-fingerprint',
    help: 'Trust exactly the certificate with this SHA-256, as sha256:HEX',
    check: fingerprint,
  }),
  ProxyURL: option.string({
    name: 'nutanix-proxy',
    help: 'URL of an HTTP proxy to Prism Central; otherwise HTTPS_PROXY, ALL_PROXY and NO_PROXY count',
    check: proxyUrl,
  }),
  API: option.string({
    name: 'nutanix-api',
    help: 'API of Prism Central to speak: auto (v4 where it is served, else v3), v4 or v3',
    fallback: 'auto',
    check: oneOf('auto', 'v4', 'v3'),
  }),
} as const;
