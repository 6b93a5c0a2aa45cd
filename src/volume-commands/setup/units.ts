/** Where the executable and its files are on a host. */
export const PLACES = {
  program: '/usr/local/bin/nutanix-volume',
  units: '/etc/systemd/system',
  settings: '/etc/nutanix-volume/nutanix-volume.yaml',
  policy: '/etc/nutanix-volume/policy.yaml',
} as const;

/**
 * Environment of the plugin. A process that waits most of its life compiles nothing: without it the packaged runtime keeps
 * 20 to 30 MiB of machine code and of what its compilers leave behind.
 */
export const SERVICE_ENVIRONMENT = { BUN_JSC_useJIT: '0' } as const;

/**
 * systemd holds the socket, so it is there before the engine starts and while the plugin is started again: an engine that
 * finds no plugin at its start leaves containers down (volumes.md 5). RemoveOnStop: an engine does not wait for a plugin
 * whose socket is gone.
 */
const SOCKET_UNIT = `[Unit]
Description=Socket of the Docker volume plugin for Nutanix
Before=docker.service

[Socket]
ListenStream=/run/docker/plugins/nutanix.sock
SocketMode=0600
DirectoryMode=0755
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`;

/**
 * What logs out of all targets when it is stopped, also of those whose disks containers have mounted: Debian's, that of
 * open-iscsi and SUSE, Red Hat's. It runs where a record was there at the start, as after a power failure, and has to end last.
 */
const LOGS_OUT = 'open-iscsi.service iscsi.service iscsi-shutdown.service';

/**
 * Not ordered behind network-online.target by itself, though behind units that are, as the engine is: Get and List of volumes
 * of this host need no network. network.target is there for the way down: the plugin ends after the engine, whose containers
 * give their volumes back until then, and before the network and iscsid do, which it needs to disconnect what is left. Mounts
 * have to be seen by the engine, so the service has no mount namespace of its own.
 */
function serviceUnit(program: string): string {
  return `[Unit]
Description=Docker volume plugin for Nutanix
Requires=nutanix-volume.socket
After=nutanix-volume.socket local-fs.target network.target iscsid.service multipathd.service
After=${LOGS_OUT}
Before=docker.service

[Service]
Type=exec
ExecStart=${program} docker-plugin
${environmentLines()}
Restart=always
RestartSec=1
KillMode=mixed
TimeoutStopSec=180
UMask=0077
OOMScoreAdjust=-900

[Install]
WantedBy=multi-user.target docker.service
`;
}

/**
 * Each time that the engine starts it has to be asked for volumes once: it does not look for plugins by itself, and a
 * swarm gives no task that names the driver to a host whose engine does not know it. A start of the unit is that, and
 * fails with it; then containers that the engine left down are started, for as long as that takes, and nothing waits for it.
 */
function announceUnit(program: string): string {
  return `[Unit]
Description=Makes Docker know the volume plugin for Nutanix and starts containers it left down
After=docker.service nutanix-volume.service
PartOf=docker.service

[Service]
Type=exec
RemainAfterExit=yes
ExecStartPre=${program} announce
ExecStart=${program} start-containers
${environmentLines()}
SuccessExitStatus=130
Restart=on-failure
RestartSec=2

[Install]
WantedBy=docker.service
`;
}

function environmentLines(): string {
  return Object.entries(SERVICE_ENVIRONMENT)
    .map(([name, value]) => `Environment=${name}=${value}`)
    .join('\n');
}

/** The units by their file names. */
export function unitFiles(program: string): ReadonlyMap<string, string> {
  return new Map([
    ['nutanix-volume.socket', SOCKET_UNIT],
    ['nutanix-volume.service', serviceUnit(program)],
    ['nutanix-volume-announce.service', announceUnit(program)],
  ]);
}
