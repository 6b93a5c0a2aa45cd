import { readFileSync } from 'node:fs';
import { baseProgramNames } from '../../../src/emulator/guest/programs.js';
import { run, runningSystem } from '../running-system.js';

describe('what is not emulated fails loudly', () => {
  test.each([
    ['wget -q https://example.test/', 127, 'bash: line 1: wget: command not found\n'],
    ['apt-get -y dist-upgrade', 100, 'E: Invalid operation dist-upgrade\n'],
    ['apt-get install -y --reinstall curl', 100, "apt-get: unrecognized option '--reinstall'\n"],
    ['systemctl reload ssh', 1, "Unknown command verb 'reload'.\n"],
    ['systemctl list-units', 1, "Unknown command verb 'list-units'.\n"],
    ['usermod -G adm root', 2, 'usermod: -G is not there without -a in an emulated guest\n'],
    ['ip link set lo down', 2, 'ip: RTNETLINK answers: Operation not permitted\n'],
    ['ip -4 addr', 255, 'ip: Option "-4" is unknown, try "ip -help".\n'],
    ['mount -t tmpfs tmpfs /mnt', 32, 'mount: /mnt: special device tmpfs does not exist.\n'],
    ['udevadm info /dev/sda', 1, 'udevadm: Unknown command verb info\n'],
    ['ss -s', 1, "ss: invalid option -- 's'\n"],
    ['curl -I https://get.docker.com', 2, "curl: invalid option -- 'I'\n"],
  ])('%s', async (command, status, err) => {
    const { system } = runningSystem();
    expect(await run(system, command)).toEqual({ status, out: '', err });
  });
});

test('the debug log names what a script looked for in vain', async () => {
  const lines: string[] = [];
  const debug = (line: string) => void lines.push(line);
  const logger = { debug, info: () => undefined, warn: () => undefined };
  const { system } = runningSystem({ logger });
  await run(system, 'wget -q https://example.test/; curl --proto =https https://get.docker.com');
  expect(lines).toEqual(['guest web-1: wget: not there', "guest web-1: curl: unrecognized option '--proto'"]);
});

test('the documentation lists the programs', () => {
  const documented = readFileSync('docs/emulated-guests.md', 'utf8');
  const words = new Set([...documented.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.split(' ')[0]));
  expect(baseProgramNames.filter((name) => !words.has(name))).toEqual([]);
});
