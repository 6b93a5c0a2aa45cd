import {
  OPTION_GROUPS,
  OPTION_KEYS,
  OPTION_LIST,
  optionsHelp,
  optionsMarkdown,
} from '../../../src/settings/options/index.js';
import { CLIENT_FLAGS, OFFICIAL_CONFIG, OFFICIAL_FLAGS } from '../../libmachine/golden.js';

describe('the option table', () => {
  test.each(OFFICIAL_FLAGS)('has the official flag $name', ({ name, kind, env, fallback }) => {
    const option = OPTION_LIST.find((candidate) => candidate.name === name);
    expect(option?.kind).toBe(kind);
    if (env !== '') expect(option?.env).toBe(env);
    if (fallback !== undefined) expect(option?.fallback).toBe(fallback);
    expect(option?.since).toBe('official');
  });

  test('names no flag and no variable twice, and each variable like its flag', () => {
    const names = OPTION_LIST.map((option) => option.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, env } of OPTION_LIST) expect(env).toBe(name.toUpperCase().replaceAll('-', '_'));
  });

  test('takes no flag of a client', () => {
    expect(CLIENT_FLAGS.length).toBeGreaterThan(30);
    expect(OPTION_LIST.filter(({ name }) => CLIENT_FLAGS.includes(name))).toEqual([]);
  });

  test('has no name that rancher-machine gives a meaning of its own', () => {
    const special = /user-data|userdata|custom-data|cloud-config|-os$/;
    expect(OPTION_LIST.filter(({ name }) => special.test(name))).toEqual([]);
  });

  test('keeps the keys of the official config.json', () => {
    const set = new Set<string>(OPTION_KEYS);
    const official = Object.keys(OFFICIAL_CONFIG).slice(9);
    const withoutFlag = ['SSHPass', 'VMId', 'SessionAuth'];
    expect(official.filter((key) => !set.has(key))).toEqual(withoutFlag);
  });

  test('explains every option in one sentence that fits a form', () => {
    for (const { help } of OPTION_LIST) {
      expect(help).not.toMatch(/\.$|\n/);
      expect(help.length).toBeLessThanOrEqual(130);
    }
  });

  test('marks exactly the credentials as secret', () => {
    const secret = OPTION_LIST.filter((option) => option.secret === true).map(({ name }) => name);
    expect(secret).toEqual(['nutanix-password', 'nutanix-api-key']);
  });
});

describe('the reference made from it', () => {
  test('--help shows every option under its group, with variable and default', () => {
    const help = optionsHelp();
    for (const group of OPTION_GROUPS) expect(help).toContain(`${group}:\n`);
    for (const { name, env } of OPTION_LIST) {
      expect(help).toMatch(new RegExp(`^ {2}--${name}( |$).*\\n +\\$${env}(,|$)`, 'm'));
    }
    expect(help).toContain('$NUTANIX_VM_MEM, default 2048');
    expect(help).toContain('$NUTANIX_CLUSTER, required');
    expect(help.endsWith('\n')).toBe(true);
  });

  test('Markdown has one row for each option, with five cells', () => {
    const rows = optionsMarkdown()
      .split('\n')
      .filter((line) => line.startsWith('| `--'));
    expect(rows).toHaveLength(OPTION_LIST.length);
    for (const row of rows) expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(6);
    expect(rows).toContain('| `--nutanix-vm-mem` | int | `NUTANIX_VM_MEM` | `2048` | Memory in MiB |');
  });
});
