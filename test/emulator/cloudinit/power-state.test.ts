import { CloudInit } from '../../../src/emulator/cloudinit/index.js';
import { HeldClock } from '../../simulator/held-clock.js';
import { run, runningSystem } from '../running-system.js';

/** A guest after its first cloud-init, what its power switch was told, and what cloud-init had to say. */
async function after(userData: string, clock?: HeldClock) {
  const { system, power } = runningSystem({ spec: { userData: `#cloud-config\n${userData}` }, clock });
  const cloudInit = new CloudInit(system);
  await cloudInit.early();
  await cloudInit.late();
  return { system, power };
}

describe('power_state', () => {
  test.each<[string, readonly string[]]>([
    ['power_state: {mode: reboot}', ['reboot']],
    ['power_state: {mode: poweroff}', ['off']],
    ['power_state: {mode: halt, delay: now}', ['off']],
    ['power_state: {mode: reboot, condition: true}', ['reboot']],
    ['power_state: {mode: reboot, condition: "test -d /etc"}', ['reboot']],
    ['power_state: {mode: reboot, condition: [test, -d, /etc]}', ['reboot']],
    ['power_state: {mode: reboot, condition: "test -d /none"}', []],
    ['power_state: {mode: reboot, condition: false}', []],
  ])('%s', async (userData, expected) => {
    const { system, power } = await after(userData);
    expect(power).toEqual(expected);
    expect([system.cloudInit.state, system.cloudInit.warnings]).toEqual(['done', []]);
  });

  test.each([
    ['power_state: {mode: dance}', /must be one of/],
    ['power_state: {mode: reboot, delay: soon}', /must be 'now' or/],
    ['power_state: reboot', /not a dict/],
  ])('%s is a warning and does nothing', async (userData, warning) => {
    const { system, power } = await after(userData);
    expect(power).toEqual([]);
    expect(system.cloudInit.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test('with a delay is planned, which systemd’s file shows', async () => {
    const clock = new HeldClock();
    const { system, power } = await after('power_state: {mode: reboot, delay: +5}', clock);
    expect((await run(system, 'cat /run/systemd/shutdown/scheduled')).out).toBe('MODE=reboot\n');
    await clock.advance(299_000);
    expect(power).toEqual([]);
    await clock.advance(1_000);
    expect(power).toEqual(['reboot']);
  });

  test('is done once per instance', async () => {
    const { system, power } = await after('power_state: {mode: reboot}');
    const second = new CloudInit(system);
    await second.early();
    await second.late();
    expect(power).toEqual(['reboot']);
  });
});
