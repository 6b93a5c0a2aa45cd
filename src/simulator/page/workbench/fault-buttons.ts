import type { FaultRuleInput } from '../../core/faults/fault-rule.js';
import type { FaultButton } from './workbench-shape.js';

/** How often a rule strikes before it is spent; absent = until it is cleared. */
export const MOST_STRIKES = 1_000;

interface ReadyFault extends Omit<FaultButton, 'title'> {
  readonly rule: FaultRuleInput;
}

/** What the page offers to inject; any other rule can be added by the control endpoint. Its names are the titles. */
const READY: readonly ReadyFault[] = [
  {
    group: 'Slow',
    words: 'Every answer takes two seconds longer.',
    rule: { name: 'slow answers', do: { delay: 2_000 } },
  },
  {
    group: 'Slow',
    words: 'Requests are taken and never answered: clients run into their time limits.',
    rule: { name: 'no answers', do: { hang: true } },
  },
  {
    group: 'Slow',
    words: 'After a change, the next three reads still show what was there before it.',
    rule: { name: 'stale reads', match: { method: 'GET' }, do: { lag: 3 } },
  },
  {
    group: 'Refusals',
    words: 'A gateway answers 503 instead of the server, to everything.',
    rule: { name: 'outage', do: { absent: 503 } },
  },
  {
    group: 'Refusals',
    words: 'Creates of VMs and everything else that is posted are answered with 500, and not carried out.',
    rule: { name: 'server errors', match: { method: 'POST' }, do: { status: 500 } },
  },
  {
    group: 'Refusals',
    words: 'A limit: one request of three is answered with 429, to come again after a second.',
    rule: {
      name: 'rate limit',
      match: { probability: 0.34, seed: 1 },
      do: { status: 429, headers: { 'Retry-After': '1' } },
    },
  },
  {
    group: 'Refusals',
    words: 'Every session cookie ends at each request: clients have to sign in again.',
    rule: { name: 'sessions end', do: { expireSessions: true } },
  },
  {
    group: 'Refusals',
    words: 'API v3 is gone for good, with 410, as in a future Prism Central.',
    rule: { name: 'v3 is gone', match: { api: 'v3' }, do: { absent: 410 } },
  },
  {
    group: 'Connections',
    words: 'The connection breaks in the middle of the answer; the request is carried out all the same.',
    rule: { name: 'broken answers', do: { half: true } },
  },
  {
    group: 'Connections',
    words: 'One request of five is cut off before any answer, and carried out all the same.',
    rule: { name: 'flaky network', match: { probability: 0.2, seed: 2 }, do: { resetAfter: -1 } },
  },
  {
    group: 'Tasks',
    words: 'Tasks that a request starts fail: no host has enough memory. Nothing is changed.',
    rule: {
      name: 'tasks fail',
      do: {
        task: {
          outcome: 'failed',
          errorCode: 'RESOURCE_SHORTAGE',
          errorDetail: 'RESOURCE_SHORTAGE: no host has enough memory',
        },
      },
    },
  },
  {
    group: 'Tasks',
    words: 'Tasks that a request starts stay at 99 % and never end.',
    rule: { name: 'tasks never end', do: { task: { outcome: 'endless' } } },
  },
  {
    group: 'Tasks',
    words: 'The work is done and its task fails all the same, as when only the last step goes wrong.',
    rule: { name: 'done but failed', do: { task: { outcome: 'failed', effect: 'done' } } },
  },
  {
    group: 'Tasks',
    words: 'Another client has changed the VM meanwhile: an edit conflict.',
    rule: { name: 'edit conflict', match: { kind: 'vm', method: 'PUT' }, do: { conflict: true } },
  },
  {
    group: 'Guests',
    words: 'Guests do not obey the ACPI power button.',
    rule: { name: 'guests ignore ACPI', do: { guestIgnoresAcpi: true } },
  },
  {
    group: 'Guests',
    words: 'A guest that starts is first seen with an address of its own link, 169.254.77.1.',
    rule: { name: 'link-local first', do: { linkLocalFirst: true } },
  },
];

export function faultButtons(): FaultButton[] {
  return READY.map(({ rule, group, words }) => ({ title: rule.name, group, words }));
}

/** The rule behind a button; undefined = there is none of that title. */
export function readyRule(title: string, times: number | undefined): FaultRuleInput | undefined {
  const rule = READY.find((one) => one.rule.name === title)?.rule;
  return rule === undefined || times === undefined ? rule : { ...rule, times };
}
