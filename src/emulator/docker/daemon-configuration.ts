import { z } from 'zod';
import { DaemonError } from '../services/index.js';

const list = z.array(z.string()).optional();
const text = z.string().optional();
const flag = z.boolean().optional();

/** /etc/docker/daemon.json, as far as it shows in an emulated engine. Other keys have no effect. */
const daemonFileSchema = z.looseObject({
  hosts: list,
  tls: flag,
  tlsverify: flag,
  tlscacert: text,
  tlscert: text,
  tlskey: text,
  labels: list,
  debug: flag,
  experimental: flag,
  'storage-driver': text,
  'data-root': text,
  'insecure-registries': list,
  'registry-mirrors': list,
});

/** Keys of the file whose flag has another name. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  hosts: 'host',
  labels: 'label',
  'insecure-registries': 'insecure-registry',
  'registry-mirrors': 'registry-mirror',
};

/** Reads the file into values by flag name, like parseDaemonFlags. Throws DaemonError in dockerd's words. */
export function parseDaemonFile(path: string, text: string): ReadonlyMap<string, readonly string[]> {
  const failed = (problem: string) =>
    new DaemonError(`unable to configure the Docker daemon with file ${path}: ${problem}`);
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
  const parsed = daemonFileSchema.safeParse(json);
  if (!parsed.success) throw failed(z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(parsed.data)) {
    const name = FLAG_NAMES[key] ?? key;
    if (Array.isArray(value)) values.set(name, value.map(String));
    else if (['string', 'boolean', 'number'].includes(typeof value)) values.set(name, [String(value)]);
  }
  return values;
}

/** Flags and file together; the same directive in both is refused as dockerd does. */
export function merged(
  path: string,
  flags: ReadonlyMap<string, readonly string[]>,
  file: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const conflicts = [...file].filter(([name]) => flags.has(name));
  if (conflicts.length > 0) {
    const details = conflicts.map(([name, values]) => {
      return `${name}: (from flag: [${(flags.get(name) ?? []).join(' ')}], from file: [${values.join(' ')}])`;
    });
    throw new DaemonError(
      `unable to configure the Docker daemon with file ${path}: the following directives are specified both ` +
        `as a flag and in the configuration file: ${details.join(', ')}`,
    );
  }
  return new Map([...flags, ...file]);
}

/** dockerd's flags that take no value unless with `=`. */
const BOOLEAN_FLAGS = new Set(
  (
    'debug D tls tlsverify experimental icc ip-forward ip-masq iptables ip6tables ipv6 live-restore ' +
    'raw-logs rootless selinux-enabled userland-proxy validate no-new-privileges init help version v bridge-accept-fwmark'
  ).split(' '),
);

const VALUE_FLAGS = new Set(
  (
    'host H label tlscacert tlscert tlskey storage-driver s storage-opt insecure-registry registry-mirror ' +
    'data-root g graph exec-root exec-opt config-file log-level l log-driver log-opt log-format dns dns-opt ' +
    'dns-search bip bridge b mtu group G pidfile p containerd containerd-namespace default-runtime add-runtime ' +
    'default-ulimit default-address-pool default-gateway default-cgroupns-mode default-shm-size ' +
    'default-ipc-mode default-network-opt cgroup-parent cpu-rt-period cpu-rt-runtime fixed-cidr ' +
    'fixed-cidr-v6 http-proxy https-proxy no-proxy init-path ip max-concurrent-downloads ' +
    'max-concurrent-uploads max-download-attempts metrics-addr network-control-plane-mtu node-generic-resource ' +
    'oom-score-adjust seccomp-profile shutdown-timeout swarm-default-advertise-addr userland-proxy-path ' +
    'userns-remap api-cors-header authorization-plugin cluster-store cluster-advertise cluster-store-opt ' +
    'cdi-spec-dir feature host-gateway-ip allow-nondistributable-artifacts'
  ).split(' '),
);

/** Short and old names by the name they stand for. */
const SYNONYMS: Readonly<Record<string, string>> = {
  D: 'debug',
  H: 'host',
  s: 'storage-driver',
  g: 'data-root',
  graph: 'data-root',
  l: 'log-level',
  b: 'bridge',
  G: 'group',
  p: 'pidfile',
  v: 'version',
};

/** Reads dockerd's command line into values by long flag name; booleans are `true` or `false`. */
export function parseDaemonFlags(args: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let index = 1; index < args.length; index++) {
    const argument = args[index] ?? '';
    const [, dashes = '', name = '', value] = /^(--?)([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (dashes === '') throw refused(`unknown command: dockerd ${argument}`);
    const known = BOOLEAN_FLAGS.has(name) || VALUE_FLAGS.has(name);
    if (!known) throw refused(`unknown ${dashes === '--' ? 'flag: --' : 'shorthand flag: -'}${name}`);
    const given = value ?? (BOOLEAN_FLAGS.has(name) ? 'true' : args[++index]);
    if (given === undefined) throw refused(`flag needs an argument: --${name}`);
    const long = SYNONYMS[name] ?? name;
    found.set(long, [...(found.get(long) ?? []), given]);
  }
  return found;
}

function refused(problem: string): DaemonError {
  return new DaemonError(`${problem} (See 'dockerd --help'.) (status=125)`);
}
