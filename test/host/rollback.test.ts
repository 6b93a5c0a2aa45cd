import { Rollback } from '../../src/host/rollback.js';
import { OperationError } from '../../src/support/index.js';

const context = { signal: new AbortController().signal, progress: () => undefined };

describe('UndoList', () => {
  it('takes back the last thing first', async () => {
    const undone: string[] = [];
    const list = new Rollback();
    for (const made of ['identity', 'key', 'VM']) {
      list.add({ made, rollBack: async () => await Promise.resolve(void undone.push(made)) });
    }
    expect(await list.run(context)).toEqual([]);
    expect(undone).toEqual(['VM', 'key', 'identity']);
  });

  it('goes on when one cannot be taken back, and says which', async () => {
    const undone: string[] = [];
    const list = new Rollback();
    list.add({ made: 'key', rollBack: async () => await Promise.resolve(void undone.push('key')) });
    list.add({ made: 'VM', rollBack: async () => await Promise.reject(new Error('locked')) });
    expect(await list.run(context)).toEqual([
      expect.objectContaining({ message: 'remove VM: locked', code: 'internal' }),
    ]);
    expect(undone).toEqual(['key']);
  });

  it('takes nothing back twice', async () => {
    let times = 0;
    const list = new Rollback();
    list.add({ made: 'VM', rollBack: async () => await Promise.resolve(void (times += 1)) });
    await list.run(context);
    await list.run(context);
    expect(times).toBe(1);
  });

  it('keeps the error of the cloud as it is', async () => {
    const error = new OperationError({ code: 'conflict', attempted: 'delete VM', problem: 'busy' });
    const list = new Rollback();
    list.add({ made: 'VM', rollBack: async () => await Promise.reject(error) });
    expect(await list.run(context)).toEqual([error]);
  });
});
