import { type Engine, GIT_COMMIT, MIN_API_VERSION } from './engine.js';

const BUILD_TIME = '2025-05-30T12:00:00.000000000+00:00';
const GO_VERSION = 'go1.24.3';

/** Body of GET /version (Engine API reference, SystemVersion). */
export function versionBody({
  system,
  version,
  apiVersion,
  options,
}: Engine): Readonly<Record<string, unknown>> {
  const engine = {
    Version: version,
    ApiVersion: apiVersion,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: GIT_COMMIT,
    GoVersion: GO_VERSION,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: system.distribution.kernel,
    BuildTime: BUILD_TIME,
  };
  const details = { ...engine, Version: undefined, Experimental: String(options.experimental) };
  return {
    Platform: { Name: 'Docker Engine - emulated guest' },
    Components: [{ Name: 'Engine', Version: version, Details: details }],
    ...engine,
  };
}

/** Body of GET /info (Engine API reference, SystemInfo), as far as clients read it. */
export function infoBody(engine: Engine): Readonly<Record<string, unknown>> {
  const { system, mounts, options, version, id } = engine;
  const { spec, distribution } = system;
  const mirrors = options.registries.mirrors.map((mirror) => (mirror.endsWith('/') ? mirror : `${mirror}/`));
  return {
    ID: id,
    Containers: 0,
    ContainersRunning: 0,
    ContainersPaused: 0,
    ContainersStopped: 0,
    Images: 0,
    Driver: options.storageDriver,
    DriverStatus: [['Backing Filesystem', backingFileSystem(mounts.holding(options.dataRoot)?.type)]],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'null'],
      Authorization: null,
      Log: ['json-file'],
    },
    MemoryLimit: true,
    SwapLimit: true,
    IPv4Forwarding: true,
    Debug: options.debug,
    NFd: 20 + system.network.connections,
    NGoroutines: 40,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    NEventsListener: 0,
    KernelVersion: distribution.kernel,
    OperatingSystem: distribution.prettyName,
    OSVersion: distribution.versionId,
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['127.0.0.0/8'],
      IndexConfigs: registries(options.registries.insecure),
      Mirrors: mirrors,
    },
    NCPU: spec.cpus,
    MemTotal: spec.memoryMiB * 1024 * 1024,
    DockerRootDir: options.dataRoot,
    Name: system.hostname,
    Labels: [...options.labels, 'emulated=true'],
    ExperimentalBuild: options.experimental,
    ServerVersion: version,
    Runtimes: { runc: { path: 'runc' } },
    DefaultRuntime: 'runc',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    SecurityOptions: ['name=emulated'],
    Warnings: ['WARNING: emulated guest: this engine runs no containers'],
  };
}

/** Docker's name for it. */
function backingFileSystem(type = 'ext4'): string {
  return type.startsWith('ext') ? 'extfs' : type;
}

function registries(insecure: readonly string[]): Readonly<Record<string, unknown>> {
  const configs = new Map(
    insecure.map((name) => [name, { Name: name, Mirrors: [], Secure: false, Official: false }]),
  );
  configs.set('docker.io', { Name: 'docker.io', Mirrors: [], Secure: true, Official: true });
  return Object.fromEntries(configs);
}
