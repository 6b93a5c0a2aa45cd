import { readFile } from 'node:fs/promises';

/**
 * How QEMU runs a guest: by the CPU where it can, else by translating (three to ten times slower). /dev/kvm alone says
 * nothing: a kernel that is a guest itself may offer a KVM that ordinary guests do not run on, such as PVM.
 */
export async function acceleration(): Promise<readonly string[]> {
  // Translated code is kept up to so many MiB, and all of it is thrown away when they are full; the default is a GiB.
  const translation = ['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'Nehalem'];
  const hasHardware = /^flags\s*:.*\b(vmx|svm)\b/m.test(await textOf('/proc/cpuinfo'));
  return hasHardware
    ? ['-accel', 'kvm', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max']
    : translation;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
