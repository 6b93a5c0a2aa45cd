import { UsageError } from '../../os/execute.js';
import type { Process, Program } from '../../os/process.js';
import { parseOptions } from '../options.js';

/** What listens on TCP, in numbers, is all there is to show: without `p` these options change nothing. */
const LISTENING = 't l n p';

/** What listens: the guest's own ports as they were opened. */
function listening(process: Process): { address: string; port: number; program: string }[] {
  return process.system.network.listeners.map(({ address, port, program }) => ({ address, port, program }));
}

const ss: Program = async (process) => {
  const options = parseOptions(process.args, LISTENING);
  await process.stdout.line(
    'State    Recv-Q   Send-Q     Local Address:Port      Peer Address:Port   Process',
  );
  for (const { address, port, program } of listening(process)) {
    const users = options.has('p') ? `users:(("${program}"))` : '';
    await process.stdout.line(
      `LISTEN   0        4096       ${address}:${port}         0.0.0.0:*           ${users}`.trimEnd(),
    );
  }
  return 0;
};

const netstat: Program = async (process) => {
  parseOptions(process.args, LISTENING);
  await process.stdout.line('Active Internet connections (only servers)');
  await process.stdout.line('Proto Recv-Q Send-Q Local Address           Foreign Address         State');
  for (const { address, port } of listening(process)) {
    await process.stdout.line(
      `tcp        0      0 ${`${address}:${port}`.padEnd(23)} 0.0.0.0:*               LISTEN`,
    );
  }
  return 0;
};

/** `ip addr`, `ip route`, `ip link show [NAME]`. The bridge docker0 does not exist: no container needs it. */
const ip: Program = async (process) => {
  const words = process.args.slice(1);
  const option = words.find((word) => word.startsWith('-'));
  if (option !== undefined) throw new UsageError(`Option "${option}" is unknown, try "ip -help".`, 255);
  const [object = '', verb = 'show', ...rest] = words;
  const name = rest.find((word) => word !== 'dev' && word !== 'show');
  const { interfaces } = process.system.network;
  const known = ['lo', ...interfaces.map((each) => each.name)];
  if (/^l(ink)?$|^a/.test(object) && name !== undefined && !known.includes(name)) {
    const problem = verb.startsWith('d')
      ? `Cannot find device "${name}"`
      : `Device "${name}" does not exist.`;
    await process.stderr.line(problem);
    return 1;
  }
  if (object.startsWith('r')) return routes(process);
  if (!/^l(ink)?$|^a/.test(object))
    throw new UsageError(`Object "${object}" is unknown, try "ip help".`, 255);
  if (/^(del|set|add)/.test(verb)) throw new UsageError('RTNETLINK answers: Operation not permitted', 2);
  await process.stdout.line(
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n    link/loopback 00:00:00:00:00:00',
  );
  for (const [index, { name: device, nic, address, prefixLength }] of interfaces.entries()) {
    if (name !== undefined && name !== device) continue;
    await process.stdout.line(`${index + 2}: ${device}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP`);
    await process.stdout.line(`    link/ether ${nic.macAddress} brd ff:ff:ff:ff:ff:ff`);
    if (!object.startsWith('l'))
      await process.stdout.line(`    inet ${address}/${prefixLength} scope global ${device}`);
  }
  return 0;
};

async function routes(process: Process): Promise<number> {
  for (const { name, address, prefixLength } of process.system.network.interfaces) {
    await process.stdout.line(`${address}/${prefixLength} dev ${name} scope link src ${address}`);
  }
  return 0;
}

export const socketPrograms: Readonly<Record<string, Program>> = { ss, netstat, ip };
