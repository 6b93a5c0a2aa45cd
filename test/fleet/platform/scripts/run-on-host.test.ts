import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { beforeStream, scriptInput } from '../../../../src/fleet/platform/scripts/run-on-host.js';

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

describe('a script with a stream behind it', () => {
  const stream = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));

  test('its commands read the stream, whole and nothing else', () => {
    const { command, head } = beforeStream('printf %s "$NAME"; sha256sum', { NAME: "it's é" });
    const input = Buffer.concat([head, stream]);
    const output = execFileSync('sh', ['-c', command], { input }).toString();
    expect(output).toBe(`it's é${createHash('sha256').update(stream).digest('hex')}  -\n`);
  });

  test('ends at the first command that fails', () => {
    const { command, head } = beforeStream('false\necho after', {});
    expect(() => execFileSync('sh', ['-c', command], { input: head })).toThrow();
  });
});
