import { PassThrough } from 'node:stream';
import { MachineProtocol } from '../../src/qemu-guests/qmp.js';

/** QEMU as far as a conversation needs it: answers what `answer` says, after an event that nobody asked for. */
function conversation(answer: (command: string) => object): {
  machine: MachineProtocol;
  output: PassThrough;
} {
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.write('{"QMP": {"version": {}, "capabilities": []}}\n');
  input.on('data', (line: Buffer) => {
    const { execute, id } = JSON.parse(line.toString()) as { execute: string; id: number };
    output.write('{"event": "RTC_CHANGE", "data": {"offset": 0}}\nnot JSON\n');
    output.write(`${JSON.stringify({ ...answer(execute), id })}\n`);
  });
  return { machine: new MachineProtocol(input, output), output };
}

test('answers belong to their commands, whatever else is said', async () => {
  const { machine } = conversation((command) => ({ return: { command } }));
  await machine.begin();
  const answers = ['stop', 'cont'].map(async (command) => await machine.execute(command));
  expect(await Promise.all(answers)).toEqual([{ command: 'stop' }, { command: 'cont' }]);
});

test('a refusal has the words of QEMU', async () => {
  const { machine } = conversation(() => ({ error: { class: 'GenericError', desc: 'no such device' } }));
  await expect(machine.execute('device_del', { id: 'x' })).rejects.toMatchObject({
    code: 'task-failed',
    message: "QEMU's device_del: no such device",
  });
});

test('a process that ends leaves no command waiting, and takes none', async () => {
  const output = new PassThrough();
  const machine = new MachineProtocol(new PassThrough(), output);
  const waiting = machine.execute('quit');
  output.end();
  await expect(waiting).rejects.toThrow('QEMU has ended');
  await expect(machine.execute('cont')).rejects.toThrow('QEMU has ended');
});
