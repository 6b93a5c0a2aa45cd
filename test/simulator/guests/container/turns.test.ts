import { Turns } from '../../../../src/simulator/guests/container/turns.js';

describe('turns', () => {
  test('work on one key is done one after the other, also after a failure', async () => {
    const turns = new Turns();
    const said: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        said.push(`${name} begins`);
        await Promise.resolve();
        said.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      turns.take('key', work('a', true)),
      turns.take('key', work('b')),
      turns.take('key', work('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('work on another key does not wait', async () => {
    const turns = new Turns();
    const never = turns.take('one', () => new Promise(() => undefined));
    await expect(turns.take('other', () => Promise.resolve('done'))).resolves.toBe('done');
    expect(never).toBeInstanceOf(Promise);
  });
});
