import { readCloudInitStatus, type CloudInitStatus } from '../../src/guest/cloud-init-status.js';

/** Answers of `cloud-init status --long` as versions from 18 to 24 give them. */
const CASES: readonly [string, number | undefined, string, string, CloudInitStatus][] = [
  [
    '22.4 running',
    0,
    'status: running\ntime: Thu, 01 Jan 1970 00:00:10 +0000\ndetail:\nRunning in stage: modules-config\n',
    '',
    { kind: 'working', seen: 'running' },
  ],
  [
    '23.4 running with errors so far',
    2,
    'status: running\nextended_status: degraded running\n',
    '',
    { kind: 'working', seen: 'degraded running' },
  ],
  ['before its start', 2, 'status: not run\n', '', { kind: 'working', seen: 'not run' }],
  ['24.1 before its start', 0, 'status: not started\n', '', { kind: 'working', seen: 'not started' }],
  [
    '18.5 done',
    0,
    'status: done\ntime: Mon, 01 Jan 2024 00:00:00 +0000\ndetail:\nDataSourceConfigDrive [net,ver=2][source=/dev/sr0]\n',
    '',
    { kind: 'done' },
  ],
  [
    '23.4 done',
    0,
    'status: done\nextended_status: done\nboot_status_code: enabled-by-generator\nerrors: []\nrecoverable_errors: {}\n',
    '',
    { kind: 'done' },
  ],
  [
    'degraded by exit code',
    2,
    'status: done\nrecoverable_errors:\nWARNING:\n\t- old key\n',
    '',
    { kind: 'degraded', problem: 'WARNING: - old key' },
  ],
  [
    'degraded by status',
    2,
    'status: degraded done\ndetail: it went on\n',
    '',
    { kind: 'degraded', problem: 'it went on' },
  ],
  [
    'degraded, exit code 0',
    0,
    'status: done\nextended_status: degraded done\nerrors: []\n',
    '',
    { kind: 'degraded', problem: 'status: done extended_status: degraded done errors: []' },
  ],
  [
    'failed',
    1,
    "status: error\nerrors:\n\t- ('scripts-user', RuntimeError('Runparts: 1 failures (part-001)'))\n",
    '',
    {
      kind: 'failed',
      problem: "- ('scripts-user', RuntimeError('Runparts: 1 failures (part-001)'))",
    },
  ],
  [
    'failed, as 24.4 says it',
    1,
    "status: error\nextended_status: error - done\ndetail: DataSourceConfigDrive [source=/dev/sr0]\nerrors:\n\t- ('bootcmd', exit status 1)\nrecoverable_errors: {}\n",
    '',
    { kind: 'failed', problem: "- ('bootcmd', exit status 1)" },
  ],
  [
    'failed, as 18.5 says it',
    1,
    "status: error\ntime: Mon, 01 Jan 2024\ndetail:\n('bootcmd', ProcessExecutionError())\n",
    '',
    { kind: 'failed', problem: "('bootcmd', ProcessExecutionError())" },
  ],
  ['failed without more', 1, 'status: error\n', '', { kind: 'failed', problem: 'status: error' }],
  [
    'disabled',
    0,
    'status: disabled\ndetail:\nCloud-init disabled by cloud-init-generator\n',
    '',
    { kind: 'absent', why: 'cloud-init is disabled in the guest' },
  ],
  [
    'not there (dash)',
    127,
    '',
    'sh: 1: cloud-init: not found\n',
    { kind: 'absent', why: 'the guest has no cloud-init' },
  ],
  [
    'not there (bash)',
    127,
    '',
    'bash: cloud-init: command not found\n',
    { kind: 'absent', why: 'the guest has no cloud-init' },
  ],
  [
    'not there, odd code',
    1,
    '',
    '-bash: cloud-init: command not found',
    { kind: 'absent', why: 'the guest has no cloud-init' },
  ],
  [
    'too old for the command',
    2,
    '',
    'usage: /usr/bin/cloud-init [-h]\ncloud-init: error: argument: invalid choice: status',
    { kind: 'absent', why: "the guest's cloud-init cannot tell its status" },
  ],
  ['killed', undefined, '', '', { kind: 'working', seen: 'no answer' }],
];

describe('readCloudInitStatus', () => {
  it.each(CASES)('%s', (_case, code, stdout, stderr, expected) => {
    expect(readCloudInitStatus(code, stdout, stderr)).toEqual(expected);
  });

  it('keeps a long problem to one line of bounded length', () => {
    const stdout = `status: error\nerrors:\n${'\t- something went wrong\n'.repeat(1000)}`;
    const status = readCloudInitStatus(1, stdout, '');
    expect(status.kind === 'failed' ? status.problem : '').toMatch(/^- something.{900,1000}…$/);
  });

  it('takes CRs of a terminal for nothing', () => {
    expect(readCloudInitStatus(0, 'status: done\r\n', '')).toEqual({ kind: 'done' });
  });
});
