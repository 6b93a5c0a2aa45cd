import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { started } from './running.js';

/** A state that a simulator of that version saved, and what it answered when it had loaded it. */
const golden = z
  .object({
    state: z.looseObject({ vms: z.array(z.looseObject({ uuid: z.string(), resources: z.unknown() })) }),
    answers: z.record(z.string(), z.unknown()),
  })
  .parse(
    JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'simulator', 'state-version-2.json'), 'utf8')),
  );

test('a state of version 2 shows every entity as the simulator did that saved it', async () => {
  const { api, simulator } = await started({ state: golden.state });
  // The VM that was on learns its address again.
  while (!simulator.vms().some(({ addresses }) => addresses.some(({ type }) => type === 'LEARNED'))) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const paths = Object.keys(golden.answers);
  expect(paths.length).toBeGreaterThan(20);
  const answers: Record<string, unknown> = {};
  for (const path of paths) answers[path] = (await api.call('GET', path)).body;
  expect(answers).toEqual(golden.answers);
});

test('what it is saved as again is of today’s version, and shows the same', async () => {
  const first = await started({ state: golden.state });
  const saved: unknown = JSON.parse(JSON.stringify(first.simulator.save()));
  expect(saved).toMatchObject({ version: 3 });
  await first.simulator.close();
  const { simulator } = await started({ state: saved });
  expect(simulator.vms().map(({ uuid, disks }) => [uuid, disks])).toEqual(
    first.simulator.vms().map(({ uuid, disks }) => [uuid, disks]),
  );
});

test('a damaged state of version 2 is refused in one line', async () => {
  const vms = golden.state.vms.map((vm) => ({ ...vm, resources: 'gone' }));
  const start = started({ state: { ...golden.state, vms } });
  await expect(start).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(start).rejects.toThrow(/^[^\n]+$/);
});
