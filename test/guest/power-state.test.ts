import { powerOffProblem } from '../../src/guest/lazy-user-data.js';
import { powerStateOf } from '../../src/guest/power-state.js';

const reboot = { mode: 'reboot', condition: 'always', timeout: 30_000 };

describe('power_state', () => {
  test.each<[string, unknown]>([
    ['power_state: {mode: reboot}', reboot],
    ['power_state:\n  delay: now\n  mode: reboot\n  condition: true', reboot],
    ['power_state: {mode: reboot, delay: +5}', reboot],
    ['power_state: {mode: reboot, timeout: 120}', { ...reboot, timeout: 120_000 }],
    ['power_state: {mode: reboot, timeout: soon}', reboot],
    ['power_state: {mode: poweroff}', { ...reboot, mode: 'poweroff' }],
    ['power_state: {mode: halt}', { ...reboot, mode: 'halt' }],
    ['power_state: {mode: reboot, condition: test -f /x}', { ...reboot, condition: 'command' }],
    ['power_state: {mode: reboot, condition: [test, -f, /x]}', { ...reboot, condition: 'command' }],
    ['power_state: {mode: reboot, condition: no}', undefined],
    ['power_state: {mode: reboot, condition: 1}', undefined],
    ['power_state: {mode: dance}', undefined],
    ['power_state: {delay: now}', undefined],
    ['power_state: reboot', undefined],
    ['power_state: [', undefined],
    ['runcmd: [reboot]', undefined],
    ['', undefined],
  ])('of %j', (text, expected) => expect(powerStateOf(text)).toEqual(expected));

  test.each<[string, boolean]>([
    ['#cloud-config\npower_state: {mode: poweroff}\n', true],
    ['#cloud-config\npower_state: {mode: halt, delay: +1, condition: yes}\n', true],
    ['#cloud-config\npower_state: {mode: poweroff, condition: test -f /failed}\n', false],
    ['#cloud-config\npower_state: {mode: poweroff, condition: false}\n', false],
    ['#cloud-config\npower_state: {mode: reboot}\n', false],
    ['#cloud-config\n# no power_state here\n', false],
    ['#!/bin/sh\n# power_state: {mode: poweroff}\n', false],
    ['', false],
  ])('%j makes no host: %s', async (text, expected) =>
    expect((await powerOffProblem(text))?.includes('turns the guest off') ?? false).toBe(expected),
  );
});
