import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../machine.js';

/** What runs guests, besides the image. */
const PACKAGES = ['qemu-system-x86', 'qemu-utils', 'dnsmasq-base', 'genisoimage', 'iproute2'];

/**
 * The folder of the image, made while the tests are collected, because whether they are run or skipped is decided then.
 * undefined = the tests are not wanted, as they take long: REQUIRE_QEMU_GUESTS=1 wants them. An error where they are
 * wanted and qemu guests cannot be had.
 */
export function qemuGuestImage(): string | undefined {
  if (process.env['REQUIRE_QEMU_GUESTS'] !== '1') {
    process.stderr.write('tests with qemu guests are skipped: REQUIRE_QEMU_GUESTS=1 wants them\n');
    return undefined;
  }
  const installed = script('scripts/install-packages.sh', ...PACKAGES);
  const built = installed.status === 0 ? script('scripts/qemu-guest/build.sh') : installed;
  if (built.status === 0) return built.stdout.trim();
  const reason = built.stderr.trim().split('\n').pop() ?? 'no reason given';
  throw new Error(`no qemu guests here: ${reason}`);
}

function script(
  path: string,
  ...args: string[]
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync('nice', ['bash', join(ROOT, path), ...args], { encoding: 'utf8' });
}
