import { LineReader, stepOf } from '../../../src/fleet/client/lines.js';
import { parseList } from '../../../src/fleet/client/list.js';

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
  [
    '(web-1) task ZXJnb24=:770057e7-6ac8-5879-90bf-ac296f26ca97 (create VM "web-1"): RUNNING 40 %',
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
