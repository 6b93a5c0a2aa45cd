import { run, runningSystem } from '../running-system.js';

test.each([
  ['df /', '/dev/sda1       20971520'],
  ['df -h /', '/dev/sda1            20G'],
  ['df -hT /', '/dev/sda1      ext4           20G'],
])('%s', async (command, start) => {
  const { system } = runningSystem();
  const { out, status } = await run(system, `${command} | tail -n 1`);
  expect(status).toBe(0);
  expect(out).toMatch(/ 1% \/\n$/);
  expect(out.slice(0, start.length)).toBe(start);
});
