import { MemoryFileSystem, root, type FileSystemLimits } from '../filesystem/index.js';
import { Mirror, PackageDatabase, writeExecutable } from '../packages/index.js';
import { enable, loadUnit } from '../services/index.js';
import { rootUser } from '../os/accounts.js';
import { osRelease, type Distribution } from '../os/distribution.js';

export interface ImageOptions {
  readonly distribution: Distribution;
  readonly engineVersion: string;
  /** Whether the distribution's Docker is in the image already. */
  readonly dockerInstalled: boolean;
  readonly sshPort: number;
  /** Programs for which a file is made in /usr/bin. */
  readonly programs: readonly string[];
  readonly limits: FileSystemLimits;
}

const DIRECTORIES =
  '/boot /etc/apt/sources.list.d /etc/default /etc/ssh /etc/sudoers.d /etc/systemd/system /home /mnt /opt /srv ' +
  '/usr/bin /usr/lib/systemd/system /usr/local/bin /usr/sbin /usr/share /var/cache /var/lib/cloud /var/lib/dpkg ' +
  '/var/log /var/tmp';

const MERGED: Readonly<Record<string, string>> = {
  '/bin': 'usr/bin',
  '/lib': 'usr/lib',
  '/sbin': 'usr/sbin',
};

/** The files of a fresh system disk. */
export function createImage(options: ImageOptions): MemoryFileSystem {
  const fs = new MemoryFileSystem(options.limits);
  for (const path of DIRECTORIES.split(' ')) fs.mkdirs(path);
  for (const [path, target] of Object.entries(MERGED)) fs.symlink(target, path);
  fs.mkdir(rootUser.home, root, 0o700);
  fs.mkdir('/tmp').mode = 0o1777;
  for (const name of options.programs) writeExecutable(fs, `/usr/bin/${name}`, name);
  writeConfiguration(fs, options);
  installPackages(fs, options);
  return fs;
}

function writeConfiguration(fs: MemoryFileSystem, { distribution, sshPort }: ImageOptions): void {
  fs.writeFile('/etc/os-release', osRelease(distribution));
  fs.writeFile(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  );
  fs.writeFile('/etc/group', 'root:x:0:\nadm:x:4:\nusers:x:100:\nnogroup:x:65534:\n');
  fs.writeFile('/etc/shadow', '', root, 0o640);
  fs.writeFile(
    '/etc/sudoers',
    'Defaults\tenv_reset\nroot\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n',
    root,
    0o440,
  );
  fs.writeFile('/etc/hostname', 'localhost\n');
  fs.writeFile('/etc/hosts', '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n');
  fs.writeFile('/etc/resolv.conf', '# An emulated guest resolves no names.\n');
  fs.writeFile(
    '/etc/fstab',
    '# <file system> <mount point> <type> <options> <dump> <pass>\n/dev/sda1 / ext4 defaults 0 1\n',
  );
  fs.writeFile(
    '/etc/motd',
    'This is an emulated guest of prism-simulator: a shell without a machine behind it.\n',
  );
  fs.writeFile('/etc/ssh/sshd_config', `Port ${sshPort}\nPasswordAuthentication no\n`);
}

function installPackages(fs: MemoryFileSystem, options: ImageOptions): void {
  const { distribution, engineVersion, dockerInstalled } = options;
  const packages = new PackageDatabase(fs);
  const mirror = new Mirror(fs, distribution, engineVersion);
  const names = [
    'ca-certificates',
    'openssh-server',
    ...distribution.packages,
    ...(dockerInstalled ? ['docker.io'] : []),
  ];
  for (const wanted of names.flatMap((name) => mirror.withDependencies(name))) {
    packages.install(wanted);
    for (const name of Object.keys(wanted.units)) {
      const unit = loadUnit(fs, name);
      if (unit !== undefined) enable(fs, unit);
    }
  }
}
