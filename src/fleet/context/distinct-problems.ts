import { spokenHosts } from './host-names.js';

/** What went wrong with one host. */
export interface HostProblem {
  readonly host: string;
  readonly text: string;
}

/** The same problem, and every host that it hit. */
export interface DistinctProblem {
  readonly hosts: readonly string[];
  readonly text: string;
}

/** What differs from host to host although the problem is the same: ids, addresses, how long it took. */
const OWN = [
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
  /\b\d+(?:\.\d+)? (?:ms|s|min|seconds)\b/g,
];

/** A text without what is only one host's own. */
export function commonText({ host, text }: HostProblem): string {
  const name = new RegExp(String.raw`(?<![\w.-])${host.replaceAll('.', String.raw`\.`)}(?![\w-]|\.\w)`, 'g');
  return OWN.reduce((rest, pattern) => rest.replaceAll(pattern, '…'), text.replaceAll(name, 'HOST'));
}

/**
 * Each problem once, with the hosts that it hit, in the order in which they first appear. Of one that hit several,
 * the text has HOST in place of the name, and … in place of ids, addresses and times: the logs have them.
 */
export function distinctProblems(problems: readonly HostProblem[]): readonly DistinctProblem[] {
  const found = new Map<string, HostProblem[]>();
  for (const problem of problems) {
    const key = commonText(problem);
    found.set(key, [...(found.get(key) ?? []), problem]);
  }
  return [...found].map(([common, hit]) => {
    const texts = new Set(hit.map(({ text }) => text));
    const [first = common] = texts;
    return { hosts: hit.map(({ host }) => host), text: texts.size === 1 ? first : common };
  });
}

/** `5 hosts (dce-{1..3}, agent-1, agent-2)`. */
export function problemHeading({ hosts }: DistinctProblem): string {
  return hosts.length === 1 ? spokenHosts(hosts) : `${hosts.length} hosts (${spokenHosts(hosts)})`;
}
