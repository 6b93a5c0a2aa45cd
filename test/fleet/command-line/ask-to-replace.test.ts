import { mayChange } from '../../../src/fleet/command-line/ask-to-replace.js';
import { LineReporter } from '../../../src/fleet/progress/line-reporter.js';
import { fleetOf } from '../declaration.js';

const clock = { now: () => 0, sleep: () => Promise.resolve() };
const SINGLE = 'name: web\ngroups: [{ name: m, swarm: manager }, { name: plain }]\n';
const PAIR = 'name: web\ngroups: [{ name: m, swarm: manager }, { name: w, swarm: worker }]\n';

/** Replaces the host m; a user at a terminal would say yes. */
async function asked(
  file: string,
  consent: { yes: boolean; loseSwarm: boolean },
): Promise<{ may: boolean; questions: number; text: string }> {
  let [questions, text] = [0, ''];
  const screen = {
    isTerminal: false,
    columns: () => 80,
    rows: () => 25,
    write: (part: string) => void (text += part),
  };
  const fleet = fleetOf(file);
  const hosts = fleet.hosts.flatMap((host) =>
    host.name === 'm' ? [{ host, action: 'replace' as const, reason: 'disk 6 → 7' }] : [],
  );
  const ask = (): Promise<string> => {
    questions += 1;
    return Promise.resolve('yes');
  };
  const surroundings = { ask, complain: () => undefined };
  const may = await mayChange(
    surroundings,
    { fleet, reporter: new LineReporter(screen, clock) },
    { hosts },
    consent,
  );
  return { may, questions, text };
}

describe('the only host of a swarm', () => {
  test.each([true, false])(
    'is refused without --lose-swarm, and nothing is asked (--yes: %s)',
    async (yes) => {
      const { may, questions, text } = await asked(SINGLE, { yes, loseSwarm: false });
      expect({ may, questions }).toEqual({ may: false, questions: 0 });
      expect(text).toMatch(/replace m: it is the only host of its swarm.*--lose-swarm/s);
    },
  );

  test.each([
    [true, 0],
    [false, 1],
  ])('is replaced with it (--yes: %s, questions: %i); what is lost is said', async (yes, questions) => {
    const answer = await asked(SINGLE, { yes, loseSwarm: true });
    expect(answer).toMatchObject({ may: true, questions });
    expect(answer.text).toMatch(/the swarm ends with m: its secrets, services and networks are lost/);
  });
});

test('with another host in the swarm it goes on, and one question is enough', async () => {
  const answer = await asked(PAIR, { yes: false, loseSwarm: false });
  expect(answer).toMatchObject({ may: true, questions: 1 });
  expect(answer.text).toContain('The swarm goes on');
});
