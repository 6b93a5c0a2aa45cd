import { sizeChange } from '../../../../src/fleet/hosts/size/size-drift.js';
import type { VmSize } from '../../../../src/provider/index.js';

type Size = [sockets: number | undefined, cores: number, memory: number];

function size([sockets, coresPerSocket, memoryMiB]: Size): VmSize {
  return { sockets, coresPerSocket, memoryMiB, disks: [] };
}

test.each<[Size, Size, string, boolean]>([
  [[4, 1, 2048], [2, 1, 2048], 'CPU sockets 2 → 4', false],
  [[2, 1, 4096], [2, 1, 2048], 'memory 2048 → 4096 MiB', false],
  [[4, 1, 4096], [2, 1, 2048], 'CPU sockets 2 → 4, memory 2048 → 4096 MiB', false],
  [[1, 1, 2048], [2, 1, 2048], 'CPU sockets 2 → 1', true],
  [[2, 1, 1024], [2, 1, 2048], 'memory 2048 → 1024 MiB', true],
  [[4, 1, 1024], [2, 1, 2048], 'CPU sockets 2 → 4, memory 2048 → 1024 MiB', true],
  [[2, 2, 2048], [2, 1, 2048], 'cores of each socket 1 → 2', true],
  [[2, 1, 2048], [2, 2, 2048], 'cores of each socket 2 → 1', true],
])('%j from %j: %s; needs a stop: %s', (declared, real, text, needsStop) => {
  const [sockets, coresPerSocket, memoryMiB] = declared;
  expect(sizeChange(size(declared), size(real))).toEqual({
    size: { sockets, coresPerSocket, memoryMiB },
    needsStop,
    text,
  });
});

test.each<[string, Size, Size]>([
  ['the same', [2, 1, 2048], [2, 1, 2048]],
  ['not known', [2, 1, 2048], [undefined, 1, 4096]],
])('%s: nothing changes', (_name, declared, real) => {
  expect(sizeChange(size(declared), size(real))).toBeUndefined();
});
