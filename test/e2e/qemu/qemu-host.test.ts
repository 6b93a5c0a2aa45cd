import { execFileSync } from 'node:child_process';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { guestAnswers } from '../../../src/host/index.js';
import { PRESET } from '../../../src/simulator/index.js';
import { DOCKER_MACHINE, dist, Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { qemuGuestImage } from './guest-image.js';

/*
 * One guest with a kernel of its own, on an emulated CPU: a minute or more for each boot, seconds for each command by SSH
 * and for each start of our executable. So the tests share the guest, build on each other, and do much in one script.
 */
jest.setTimeout(900_000);

const image = qemuGuestImage();
const describeWithImage = image === undefined ? describe.skip : describe;

// Two emulated CPUs would wait for each other a fifth of the time.
const HARDWARE = ['--nutanix-vm-cpus', '1', '--nutanix-vm-mem', '1536', '--nutanix-vm-image-size', '8'];
const GIB = 2 ** 30;

const reference = z.object({ data: z.object({ extId: z.string() }) });
const listShape = z.object({
  data: z.array(z.looseObject({ extId: z.string(), name: z.string().optional() })).optional(),
});
const taskShape = z.object({ data: z.looseObject({ status: z.string() }) });

describeWithImage('a host with a kernel of its own', () => {
  let simulator: Simulator;
  let machine: Machine;
  let files: Server;
  let vmId = '';
  /** A task that has ended well. */
  let finished = '';

  /** Network namespaces of guests. */
  const networks = (): string[] =>
    execFileSync('ip', ['netns'], { encoding: 'utf8' }).match(/^prism-qemu-\S+/gm) ?? [];
  let networksBefore: readonly string[] = [];

  /** The end of what the guest of this simulator has said on its serial line. Simulator's folder and network have one name. */
  function consoleOfGuest(): string {
    const [name = ''] = networks().filter((one) => !networksBefore.includes(one));
    const guests = join(tmpdir(), name, 'vms');
    return readdirSync(guests)
      .map((guest) => readFileSync(join(guests, guest, 'console'), 'utf8').slice(-1_500))
      .join('\n');
  }

  beforeAll(async () => {
    networksBefore = networks();
    // All tests together may take as long as one may, several times over, beside other work.
    simulator = await startSimulator({ qemuImage: image, host: '0.0.0.0', everyApi: true, limit: 3_600_000 });
    // The five minutes of the driver are for guests with a CPU of their own. One that is not created tells why (below).
    const forSlowGuest = { NUTANIX_TIMEOUT: '800', NUTANIX_KEEP_ON_ERROR: 'true' };
    machine = new Machine(DOCKER_MACHINE, { ...simulator.env, ...forSlowGuest });
    machine.limit = 850_000;
    files = createServer((_request, response) => createReadStream(dist('nutanix-volume')).pipe(response));
    await new Promise<void>((resolve) => files.listen(0, '0.0.0.0', resolve));
  });
  afterAll(async () => {
    try {
      machine.dispose();
      files.closeAllConnections();
      files.close();
      expect(await simulator.stop()).not.toContain('unexpectedly');
    } finally {
      // Whatever has failed: with the processes in it, a network would be in the way of later tests.
      for (const name of networks().filter((one) => !networksBefore.includes(one))) {
        const processes = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
        for (const id of processes.match(/\d+/g) ?? []) process.kill(Number(id), 'SIGKILL');
        execFileSync('ip', ['netns', 'delete', name]);
      }
    }
  });

  /** What a script writes in the guest; rejects unless it succeeds. */
  const inGuest = async (script: string): Promise<string> =>
    await machine.run('ssh', 'q-1', `set -eu\n${script}`);

  async function api(method: string, path: string, body?: unknown): Promise<unknown> {
    return await simulator.call(method, `/api/${path}`, body);
  }

  /** A change of API v4; resolves when its task has ended well. */
  async function change(method: string, path: string, body?: unknown): Promise<void> {
    const { extId } = reference.parse(await api(method, path, body)).data;
    for (;;) {
      const { status } = taskShape.parse(await api('GET', `prism/v4.0/config/tasks/${extId}`)).data;
      if (status === 'SUCCEEDED') {
        finished = extId;
        return;
      }
      if (status === 'FAILED') throw new Error(`${method} ${path} failed`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function idOf(path: string, name: string): Promise<string> {
    const { data = [] } = listShape.parse(await api('GET', path));
    return data.find((one) => one.name === name)?.extId ?? '';
  }

  test('docker-machine creates it', async () => {
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', ...HARDWARE, 'q-1');
    if (code !== 0) throw new Error(`it is not created; how far its guest came: ${consoleOfGuest()}`);
    expect(output).toContain('Docker is up and running!');
    vmId = await idOf('vmm/v4.0/ahv/config/vms', 'q-1');
    // Another clock goes at a speed that the guest has guessed when it booted.
    expect(await inGuest('cat /sys/devices/system/clocksource/clocksource0/current_clocksource')).toBe(
      'hpet',
    );
  });

  describe('a disk of a volume group', () => {
    let group = '';
    let link = '';
    const groups = 'volumes/v4.0/config/volume-groups';
    const waitFor = (condition: string): string =>
      `i=0; until ${condition}; do i=$((i + 1)); [ $i -lt 300 ] || exit 1; sleep 0.2; done`;

    beforeAll(async () => {
      const disks = [
        {
          diskSizeBytes: GIB,
          diskDataSourceReference: { extId: await container(), entityType: 'STORAGE_CONTAINER' },
        },
      ];
      await change('POST', groups, {
        name: 'hot',
        clusterReference: PRESET.cluster.uuid,
        sharingStatus: 'NOT_SHARED',
        disks,
      });
      group = await idOf(groups, 'hot');
      const [disk] = listShape.parse(await api('GET', `${groups}/${group}/disks`)).data ?? [];
      link = `/dev/disk/by-id/scsi-1NUTANIX_NFS_1_0_*_${(disk?.extId ?? '').replaceAll('-', '_')}`;
    });

    async function container(): Promise<string> {
      const shape = z.object({
        data: z.array(z.looseObject({ containerExtId: z.string(), clusterExtId: z.string() })),
      });
      const { data } = shape.parse(await api('GET', 'clustermgmt/v4.0/config/storage-containers'));
      return data.find(({ clusterExtId }) => clusterExtId === PRESET.cluster.uuid)?.containerExtId ?? '';
    }

    test('is there while the guest runs, with the name that AHV gives, in a VM with the id of Prism', async () => {
      await change('POST', `${groups}/${group}/$actions/attach-vm`, { extId: vmId });
      const said = await inGuest(`
        ${waitFor(`ls ${link}`)} >/dev/null 2>&1
        cat /sys/class/dmi/id/product_uuid; blockdev --getsize64 ${link}
        mkfs.xfs -q ${link}; mkdir -p /hot; mount ${link} /hot; echo kept >/hot/file; sync`);
      expect(said.split('\n')).toEqual([vmId, String(GIB)]);
    });

    test('is gone at once when it is taken away, mounted or not; what was synced is there afterwards', async () => {
      await change('POST', `${groups}/${group}/$actions/detach-vm`, { extId: vmId });
      // What is not in memory any more of the file system refuses the file already; then there is nothing to sync.
      const gone = await inGuest(`
        ${waitFor(`! ls ${link}`)} >/dev/null 2>&1
        (echo lost >/hot/lost && sync -f /hot) 2>&1 || echo refused; umount /hot`);
      expect(gone).toContain('refused');
      await change('POST', `${groups}/${group}/$actions/attach-vm`, { extId: vmId });
      const back = await inGuest(`
        ${waitFor(`ls ${link}`)} >/dev/null 2>&1
        mount ${link} /hot; ls /hot; cat /hot/file; umount /hot`);
      expect(back.split('\n')).toEqual(['file', 'kept']);
    });
  });

  describe('volumes by iSCSI', () => {
    test('nutanix-volume logs in with CHAP and follows the portal to where the sessions are', async () => {
      const { port } = files.address() as AddressInfo;
      const settings = JSON.stringify({
        endpoint: gateway(),
        port: Number(simulator.env['NUTANIX_PORT']),
        username: simulator.env['NUTANIX_USERNAME'],
        password: simulator.env['NUTANIX_PASSWORD'],
        insecure: true,
        cluster: PRESET.cluster.name,
        attachment: 'iscsi',
      });
      await inGuest(`
        curl -sS -o /usr/local/bin/nutanix-volume http://${gateway()}:${port}/; chmod 0755 /usr/local/bin/nutanix-volume
        mkdir -p /etc/nutanix-volume
        (umask 077; echo '${settings}' >/etc/nutanix-volume/nutanix-volume.yaml)
        nutanix-volume setup
        tar -C /bin -cf - busybox | docker import - busybox >/dev/null`);
      const said = await inGuest(`
        docker volume create -d nutanix -o size=1GiB wpdb
        docker run --rm -v wpdb:/data busybox /busybox sh -c 'echo first >/data/file; /busybox sync'
        docker run -d --restart always --name db -v wpdb:/data busybox /busybox sleep 1000000 >/dev/null
        iscsiadm -m session -P 1 | grep -E 'Current Portal|Persistent Portal|Target:'; docker exec db /busybox cat /data/file`);
      expect(said).toContain('Current Portal: 10.40.231.132:3205');
      expect(said).toContain('Persistent Portal: 10.40.231.132:3260');
      expect(said).toContain('first');
    });

    test('a host that is rebooted has its container back, with what was written last', async () => {
      const before = await inGuest(`
        docker exec db /busybox sh -c 'echo last >>/data/file'
        cat /proc/sys/kernel/random/boot_id; systemctl reboot`);
      await rebooted(before);
      // Docker 20.10 never answers an exec that came while it was about to start the container.
      const said = await inGuest(`
        end=$(($(cut -d. -f1 /proc/uptime) + 400))
        until systemctl -q is-active docker && said=$(timeout 30 docker exec db /busybox cat /data/file 2>/dev/null); do
          if [ $(cut -d. -f1 /proc/uptime) -gt $end ]; then
            docker ps -a; docker inspect -f '{{json .State}}' db; journalctl -b --no-pager -u docker -u nutanix-volume | tail -50; exit 1
          fi
          sleep 1
        done
        echo "$said"`);
      expect(said.split('\n')).toEqual(['first', 'last']);
      // A session that outlives the network makes whatever reads its disk on the way down wait for two minutes.
      expect(
        await inGuest("journalctl -b -1 -k --no-pager | grep -E 'recovery timed out|rejecting I/O' || true"),
      ).toBe('');
    });

    /** Until the guest answers out of another boot than this one. */
    async function rebooted(bootId: string): Promise<void> {
      // A client that has connected just before is told nothing when the guest goes down.
      const client = machine.withEnvironment({});
      client.limit = 60_000;
      const { signal } = new AbortController();
      for (;;) {
        // A start of the client is much for a guest that is still down.
        if (await guestAnswers(address(), [22], signal)) {
          const { code, stdout } = await client.attempt('ssh', 'q-1', 'cat /proc/sys/kernel/random/boot_id');
          if (code === 0 && stdout.trim() !== bootId) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }

    const attempt =
      'docker run --rm -v wpdb:/data busybox /busybox true 2>&1 || docker volume ls --format "{{.Name}}"';

    test('a portal that cannot be reached is one clear message', async () => {
      const said = await inGuest(`
        docker rm -f db >/dev/null
        ip route add unreachable 10.40.231.132; ${attempt}; ip route del unreachable 10.40.231.132`);
      expect(said).toContain('Can this host reach the data services address of the cluster?');
      expect(said.trim().split('\n').pop()).toBe('wpdb');
    });

    test('a wrong CHAP secret is one clear message, and the next call mends it', async () => {
      // The plugin makes a new secret and writes it; this server says that it has taken that, and has not.
      const body = { data: { extId: finished, $objectType: 'prism.v4.config.TaskReference' } };
      await simulator.addFault({
        name: 'secret lost',
        match: { method: 'PUT', path: '/volumes/config/iscsi-clients/*' },
        do: { status: 202, body },
      });
      const said = await inGuest(`rm /var/lib/nutanix-volume/chap-secret; ${attempt}`);
      expect(said).toContain('The CHAP secret is another one than the attachment was made with');
      await simulator.clearFaults();
      const healed = await inGuest('docker run --rm -v wpdb:/data busybox /busybox cat /data/file');
      expect(healed.split('\n')).toEqual(['first', 'last']);
    });

    test('through multipath, where that runs: over the path that is left, and all of it is given back', async () => {
      const said = await inGuest(`
        cat >/etc/multipath.conf <<END
        defaults {
          find_multipaths greedy
        }
        blacklist {
          protocol ".*"
        }
        blacklist_exceptions {
          protocol "scsi:iscsi"
        }
END
        systemctl restart multipathd
        docker run -d --name db -v wpdb:/data busybox /busybox sleep 1000000 >/dev/null
        map=$(findmnt -rno SOURCE | grep ^/dev/mapper/ | sort -u); echo $map
        session=$(iscsiadm -m session | sed -n 's/.*\\[\\([0-9]*\\)\\].*/\\1/p')
        iscsiadm -m session -r $session --op new >/dev/null 2>&1
        i=0; until [ "$(multipath -ll | grep -c running)" = 2 ]; do i=$((i + 1)); [ $i -lt 100 ] || exit 1; sleep 0.2; done
        set -- /sys/block/$(basename $(readlink -f $map))/slaves/*
        echo offline >$1/device/state
        docker exec db /busybox sh -c 'echo by the other path >>/data/file; /busybox sync'
        echo running >$1/device/state
        docker rm -f db >/dev/null
        dmsetup ls; iscsiadm -m session 2>&1 || true; lsblk -nro TYPE | sort -u
        docker run --rm -v wpdb:/data busybox /busybox cat /data/file`);
      expect(said.split('\n')).toEqual([
        expect.stringMatching(/^\/dev\/mapper\/./),
        'No devices found',
        'iscsiadm: No active sessions.',
        'disk',
        'rom',
        ...['first', 'last', 'by the other path'],
      ]);
    });
  });

  test('its engine takes a disk for a thin pool (direct-lvm)', async () => {
    const groups = 'volumes/v4.0/config/volume-groups';
    const group = await idOf(groups, 'hot');
    const [disk] = listShape.parse(await api('GET', `${groups}/${group}/disks`)).data ?? [];
    const link = `/dev/disk/by-id/scsi-1NUTANIX_NFS_1_0_*_${(disk?.extId ?? '').replaceAll('-', '_')}`;
    const said = await inGuest(`
      device=$(readlink -f ${link})
      wipefs -qa $device
      systemctl stop docker.socket docker
      cat >/etc/docker/daemon.json <<END
      {"storage-driver": "devicemapper", "storage-opts": ["dm.directlvm_device=$device", "dm.thinp_percent=95",
       "dm.thinp_metapercent=1", "dm.thinp_autoextend_threshold=80", "dm.thinp_autoextend_percent=20"]}
END
      sed -i 's/--storage-driver [a-z0-9]*//' /etc/systemd/system/docker.service.d/10-machine.conf
      systemctl daemon-reload; systemctl start docker
      tar -C /bin -cf - busybox | docker import - busybox >/dev/null
      docker run --rm busybox /busybox echo on a thin pool
      docker info --format '{{.Driver}}' 2>/dev/null; lvs --noheadings -o lv_name docker | tr -d ' '`);
    expect(said.split('\n')).toEqual(['on a thin pool', 'devicemapper', 'thinpool']);
  });

  test('nothing of it is left', async () => {
    await machine.run('rm', '-y', 'q-1');
    expect(await simulator.vmNames()).toEqual([]);
    expect(await simulator.interrupt()).toBe(0);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('prism-qemu-'))).toEqual([]);
    expect(networks()).toEqual(networksBefore);
  });

  /** The address at which the guest reaches this machine. */
  function gateway(): string {
    return address().replace(/\d+$/, '1');
  }

  function address(): string {
    const { Driver } = z
      .looseObject({ Driver: z.looseObject({ IPAddress: z.string() }) })
      .parse(JSON.parse(JSON.stringify(machine.config('q-1'))));
    return Driver.IPAddress;
  }
});
