import { frame, FrameReader, helloFrom } from '../../src/agent/frames.js';

test('frames come through in whatever pieces they arrive', () => {
  const sent = Buffer.concat([frame('1', Buffer.from('127.0.0.1:1\n')), frame('X', Uint8Array.of(3))]);
  for (let size = 1; size <= sent.length; size += 1) {
    const reader = new FrameReader();
    const frames = Array.from({ length: Math.ceil(sent.length / size) }, (_, index) =>
      reader.take(sent.subarray(index * size, (index + 1) * size)),
    ).flat();
    expect(frames.map(({ type, bytes }) => [type, bytes.toString('latin1')])).toEqual([
      ['1', '127.0.0.1:1\n'],
      ['X', '\u0003'],
    ]);
  }
});

test('a frame that is too long to be one of ours is refused before it is kept', () => {
  expect(() => new FrameReader().take(Buffer.from('H\u007f\u0000\u0000\u0000', 'latin1'))).toThrow(
    RangeError,
  );
});

test('a hello is read as the launcher writes it', () => {
  const text = [
    '/work',
    'f0000abc',
    '4711',
    '2',
    'rancher-machine',
    'ls',
    'HOME=/root',
    'NUTANIX_X=a=b',
    'AWS_SECRET_ACCESS_KEY=of-something-else',
    'HOMEBREW=1',
    '',
  ].join('\0');
  expect(helloFrom(Buffer.from(text))).toEqual({
    network: 'f0000abc',
    client: 4711,
    folder: '/work',
    arguments: ['rancher-machine', 'ls'],
    environment: { HOME: '/root', NUTANIX_X: 'a=b' },
  });
  expect(helloFrom(Buffer.from('/work\0f0\0'))).toBeUndefined();
});
