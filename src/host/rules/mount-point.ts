/** Folders whose content the running guest needs: nothing is mounted there or anywhere below. */
const WHOLE_TREES: Readonly<Record<string, string>> = {
  ...forAll('it holds programs and libraries of the guest', [
    '/bin',
    '/lib',
    '/lib32',
    '/lib64',
    '/libx32',
    '/sbin',
    '/usr',
    '/snap',
  ]),
  ...forAll('it holds the settings of the guest', ['/etc']),
  ...forAll('it holds the kernel and the boot loader', ['/boot', '/efi', '/ostree', '/sysroot']),
  ...forAll('the kernel or systemd mounts a file system of its own there', [
    '/dev',
    '/proc',
    '/run',
    '/sys',
    '/var/lock',
    '/var/run',
  ]),
  ...forAll('its content is replaced at boot, and an empty disk would not be writable by all users', [
    '/tmp',
    '/var/tmp',
  ]),
  ...forAll('it holds the state of cloud-init, of the packages or of systemd', [
    '/var/lib/apt',
    '/var/lib/cloud',
    '/var/lib/dpkg',
    '/var/lib/rpm',
    '/var/lib/systemd',
  ]),
  ...forAll('it holds the SSH keys of root', ['/root']),
  ...forAll('fsck keeps what it finds there', ['/lost+found']),
};

/** Folders that a disk would hide with everything in them, whereas a disk may well be mounted further below. */
const THEMSELVES: Readonly<Record<string, string>> = forAll(
  'it holds what the guest needs to run; a folder below it is possible',
  ['/var', '/var/lib', '/usr/local'],
);

/** Below /usr this is where an administrator's own files go, so a disk may be mounted inside. */
const EXCEPT_BELOW = '/usr/local/';

function forAll(why: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, why]));
}

/**
 * Why a disk cannot be mounted at this path of a guest, or undefined when it can. Only plain characters are
 * taken, because the path goes into cloud-init's `mounts` and so into /etc/fstab; `..`, empty parts and a final
 * slash would hide that two paths are one. An empty disk hides what the image has at the path, so the
 * folders without which a guest does not run, or loses its SSH keys, are refused. `sshUser`: where it is known, that
 * user's home is one of them.
 */
export function mountPointProblem(path: string, sshUser?: string): string | undefined {
  const parts = path.split('/');
  if (!/^(\/[A-Za-z0-9._+-]+)+$/.test(path) || parts.some((part) => part === '.' || part === '..')) {
    return 'it has to be an absolute path of letters, digits, "/", ".", "_", "+" and "-", and not "/" itself';
  }
  if (THEMSELVES[path] !== undefined) return THEMSELVES[path];
  if (path.startsWith(EXCEPT_BELOW)) return undefined;
  const tree = parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'));
  return tree.flatMap((folder) => WHOLE_TREES[folder] ?? [])[0] ?? hiddenKeyProblem(path, sshUser);
}

/** A disk over the SSH user's home would belong to root and hide the key that lets this machine in. */
function hiddenKeyProblem(path: string, sshUser: string | undefined): string | undefined {
  const home = `/home/${sshUser ?? ''}`;
  if (sshUser === undefined || (path !== home && path !== `${home}/.ssh`)) return undefined;
  return `it is the home of the SSH user "${sshUser}", with its keys; a folder below it is possible`;
}
