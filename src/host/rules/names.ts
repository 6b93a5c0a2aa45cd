/**
 * A host's name becomes the VM's name and the guest's host name. Linux takes at most 64 characters for that
 * (HOST_NAME_MAX), and docker-machine's provisioner sets the whole name, dots and all; so the 253 characters of a DNS
 * name, which Prism would take, are no use.
 */
const LONGEST = 64;
const LONGEST_LABEL = 63;

const RULE =
  `A name has at most ${LONGEST} letters (a to z), digits, hyphens and dots; ` +
  `what stands between dots has at most ${LONGEST_LABEL} characters and begins and ends with a letter or a digit.`;

/** Why a host cannot have this name; undefined = it can. */
export interface NameProblem {
  /** The name, cut where it is far too long. */
  readonly name: string;
  /** As in "the name … contains …". */
  readonly why: string;
  /** A full sentence. */
  readonly rule: string;
}

export function hostNameProblem(name: string): NameProblem | undefined {
  const why = reason(name);
  return why === undefined ? undefined : { name: name.slice(0, 2 * LONGEST), why, rule: RULE };
}

function reason(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > LONGEST) return `has ${name.length} characters`;
  const odd = /[^A-Za-z0-9.-]/u.exec(name)?.[0];
  if (odd !== undefined) return `contains ${odd === ' ' ? 'a blank' : `"${odd}"`}`;
  for (const label of name.split('.')) {
    if (label === '') return 'begins or ends with a dot or has two together';
    if (label.length > LONGEST_LABEL) return `has a part of ${label.length} characters`;
    if (label.startsWith('-') || label.endsWith('-')) return 'has a part that begins or ends with a hyphen';
  }
  return undefined;
}

/** Whether useradd of the common distributions takes this name for a user. */
export function isUserName(text: string): boolean {
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(text);
}
