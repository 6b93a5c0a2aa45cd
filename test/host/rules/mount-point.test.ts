import { mountPointProblem } from '../../../src/host/rules/mount-point.js';

it.each([
  ['/'],
  [''],
  ['data'],
  ['/data/'],
  ['/a//b'],
  ['/a/./b'],
  ['/a/../etc'],
  ['/my data'],
  ['/a\\040b'],
  ['/a#b'],
])('%p is not the text of a mount point', (path) => {
  expect(mountPointProblem(path)).toMatch(/^it has to be an absolute path/);
});

it.each([
  ['/bin', /programs/],
  ['/boot', /boot loader/],
  ['/boot/efi', /boot loader/],
  ['/dev', /file system of its own/],
  ['/dev/shm', /file system of its own/],
  ['/etc', /settings/],
  ['/etc/docker', /settings/],
  ['/lib', /programs/],
  ['/lib64', /programs/],
  ['/lib/modules', /programs/],
  ['/proc', /file system of its own/],
  ['/root', /SSH keys of root/],
  ['/root/.ssh', /SSH keys of root/],
  ['/run', /file system of its own/],
  ['/run/docker', /file system of its own/],
  ['/sbin', /programs/],
  ['/sys', /file system of its own/],
  ['/tmp', /writable by all users/],
  ['/usr', /programs/],
  ['/usr/bin', /programs/],
  ['/usr/local', /needs to run/],
  ['/var', /needs to run/],
  ['/var/lib', /needs to run/],
  ['/var/lib/cloud', /state of cloud-init/],
  ['/var/lib/dpkg/info', /state of cloud-init/],
  ['/var/run', /file system of its own/],
  ['/var/tmp', /writable by all users/],
])('%s cannot be a mount point', (path, why) => expect(mountPointProblem(path)).toMatch(why));

it.each([
  '/data',
  '/srv/db-1.2_x',
  '/opt',
  '/home',
  '/mnt',
  '/media/disk',
  '/var/lib/docker',
  '/var/lib/docker/volumes',
  '/var/lib/rancher',
  '/var/log',
  '/usr/local/share',
  '/etcetera',
  '/data/etc',
])('%s can be a mount point', (path) => expect(mountPointProblem(path)).toBeUndefined());
