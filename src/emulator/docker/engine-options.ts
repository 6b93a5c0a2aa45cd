import type { MemoryFileSystem } from '../filesystem/index.js';
import { DaemonError } from '../services/index.js';
import { rootUser } from '../os/accounts.js';
import { merged, parseDaemonFile, parseDaemonFlags } from './daemon-configuration.js';

/** A TCP address to listen on; `0.0.0.0` means all of the guest's. */
export interface TcpEndpoint {
  readonly host: string;
  readonly port: number;
}

/** TLS material by path; with `verify` only clients with a certificate of the CA get in. */
export interface TlsFiles {
  readonly verify: boolean;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface EngineOptions {
  readonly tcp: readonly TcpEndpoint[];
  /** Whether the socket in /var/run is served (`unix://` or systemd's `fd://`). */
  readonly unix: boolean;
  readonly tls: TlsFiles | undefined;
  readonly labels: readonly string[];
  readonly storageDriver: string;
  readonly dataRoot: string;
  readonly debug: boolean;
  readonly experimental: boolean;
  readonly registries: { readonly insecure: readonly string[]; readonly mirrors: readonly string[] };
}

const HOST = /^(?:tcp:\/\/)?(\[[^\]]+\]|[^:/]*)(?::(\d+))?\/?$/;

/** What dockerd is told by its command line and its configuration file. Throws DaemonError. */
export function engineOptions(args: readonly string[], fs: MemoryFileSystem): EngineOptions {
  const flags = parseDaemonFlags(args);
  const path = flags.get('config-file')?.at(-1) ?? '/etc/docker/daemon.json';
  const file =
    fs.find(path)?.kind === 'file' ? parseDaemonFile(path, fs.readText(path)) : new Map<string, string[]>();
  const values = merged(path, flags, file);
  const last = (name: string) => values.get(name)?.at(-1);
  const on = (name: string) => last(name) === 'true';
  const hosts = values.get('host') ?? ['unix:///var/run/docker.sock'];
  const local = hosts.filter((host) => /^(unix|fd|npipe):/.test(host));
  const secured = on('tls') || on('tlsverify');
  return {
    tcp: hosts.filter((host) => !local.includes(host)).map((host) => endpoint(host, secured)),
    unix: local.length > 0,
    tls: secured ? tlsFiles(on('tlsverify'), last) : undefined,
    labels: (values.get('label') ?? []).map(checkedLabel),
    storageDriver: last('storage-driver') ?? 'overlay2',
    dataRoot: last('data-root') ?? '/var/lib/docker',
    debug: on('debug'),
    experimental: on('experimental'),
    registries: {
      insecure: values.get('insecure-registry') ?? [],
      mirrors: values.get('registry-mirror') ?? [],
    },
  };
}

function endpoint(text: string, secured: boolean): TcpEndpoint {
  const [whole, host = '', port] = HOST.exec(text) ?? [];
  if (whole === undefined) throw new DaemonError(`invalid bind address (${text})`);
  const fallback = secured ? 2376 : 2375;
  return { host: host === '' ? '127.0.0.1' : host, port: port === undefined ? fallback : Number(port) };
}

function tlsFiles(verify: boolean, last: (name: string) => string | undefined): TlsFiles {
  const file = (option: string, name: string): string => last(option) ?? `${rootUser.home}/.docker/${name}`;
  return {
    verify,
    ca: file('tlscacert', 'ca.pem'),
    certificate: file('tlscert', 'cert.pem'),
    key: file('tlskey', 'key.pem'),
  };
}

function checkedLabel(label: string): string {
  if (/^[^=]+=/.test(label)) return label;
  throw new DaemonError(`bad attribute format: ${label}`);
}
