import { execFileSync } from 'node:child_process';
import { stepOf } from '../../../../src/fleet/client/step.js';
import { LineReader } from '../../../../src/fleet/client/lines.js';
import { parseList } from '../../../../src/fleet/client/list.js';
import { fillIn, type Scopes } from '../../../../src/fleet/declaration/placeholders.js';
import { scriptInput } from '../../../../src/fleet/platform/scripts/run-on-host.js';
import { inParallel } from '../../../../src/fleet/context/in-parallel.js';
import { tableText } from '../../../../src/fleet/ui/reporters/table.js';

const scopes: Scopes = (scope) =>
  Promise.resolve(scope === 'host' ? { name: 'a-2', address: '10.0.0.2', role: 'agent' } : undefined);

describe('placeholders', () => {
  test("are filled in; Docker's own templates stay", async () => {
    const text = 'join {{ host.address }} {{host.name}} --format {{.ID}} {{ .Name }}';
    expect(await fillIn(text, scopes)).toBe('join 10.0.0.2 a-2 --format {{.ID}} {{ .Name }}');
  });

  test.each(['{{ hots.address }}', '{{ host.adress }}'])('%s is refused', async (text) => {
    await expect(fillIn(text, scopes)).rejects.toThrow('there is no such placeholder');
  });
});

describe('a script as the shell reads it', () => {
  const run = (script: string, environment = {}, input?: string): string =>
    execFileSync('sh', { input: scriptInput(script, environment, input) }).toString();

  test('a command that reads its input does not eat the script', () => {
    expect(run('cat\necho after')).toBe('after\n');
  });

  test('gets its variables literally', () => {
    const value = `it's "$HOME" \`x\`\nsecond line`;
    expect(run('printf %s "$SECRET"', { SECRET: value })).toBe(value);
  });

  test('gets its input literally', () => {
    expect(run('cat', {}, 'a: $HOME `x` \\\n')).toBe('a: $HOME `x` \\\n');
  });

  test('ends at the first command that fails', () => {
    expect(() => run('false\necho after')).toThrow();
  });
});

test('bounded work: never more at once, none begun after a stop, results in order', async () => {
  const stop = new AbortController();
  let [now, most] = [0, 0];
  const results = await inParallel([0, 1, 2, 3, 4, 5, 6], 2, stop.signal, async (item) => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    if (item === 3) stop.abort();
    return item * 10;
  });
  expect(most).toBe(2);
  expect(results.slice(0, 4)).toEqual([0, 10, 20, 30]);
  expect(results.slice(5)).toEqual([undefined, undefined]);
});

test('lines are cut whatever pieces they come in', () => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const part of ['one\r', '\ntw', 'o\n\nthr', 'ee']) reader.push(part);
  reader.end();
  expect(lines).toEqual(['one', 'two', '', 'three']);
});

test.each([
  ['Creating machine...', 'creating the VM'],
  [
    '(web-1) task 770057e7-6ac8-4879-90bf-ac296f26ca97 (create VM "web-1" (0faea786-629a-4de8-ba1a-3cc2b7d796d6)): RUNNING 40 %',
    'create VM "web-1": 40 %',
  ],
  ['(web-1) waiting for an address: 10.0.0.1 was assigned', 'waiting for an address: 10.0.0.1 was assigned'],
  ['Provisioning with debian...', 'installing Docker'],
  ['To see how to connect your Docker Client', undefined],
])('the line %j begins the step %j', (line, step) => {
  expect(stepOf(line)).toBe(step);
});

test('what the client lists: errors may hold anything, also line ends', () => {
  const text = 'a|Running|tcp://10.0.0.1:2376|v28.2.2|\nb|Error||Unknown|x | y\nand more\n';
  expect(Object.fromEntries(parseList(text, new Set(['a', 'b'])))).toEqual({
    a: { state: 'Running', url: 'tcp://10.0.0.1:2376', engine: 'v28.2.2', error: '' },
    b: { state: 'Error', url: '', engine: '', error: 'x | y and more' },
  });
});

test('tables leave out empty columns and control characters', () => {
  expect(tableText([{ host: 'a', note: '', text: '\u001b[31mred\u0007' }])).toBe('HOST  TEXT\na     red\n');
});
