import { execFileSync } from 'node:child_process';
import { scriptInput } from '../../../../src/fleet/platform/scripts/run-on-host.js';

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
