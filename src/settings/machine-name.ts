/**
 * The machine's name becomes the VM's name, the guest's host name and a folder. Linux refuses host names of
 * more than 64 characters (docker-machine's provisioner sets it); Prism takes longer ones.
 */
const LONGEST = 64;
const LONGEST_LABEL = 63;

const RULE =
  `A name has at most ${LONGEST} letters (a to z), digits, hyphens and dots; ` +
  `what stands between dots has at most ${LONGEST_LABEL} and begins and ends with a letter or a digit.`;

/** Why a machine cannot have this name, with the rule; undefined = it can. */
export function machineNameProblem(name: string): string | undefined {
  const why = reason(name);
  return why === undefined ? undefined : `the machine name "${name.slice(0, 2 * LONGEST)}" ${why}. ${RULE}`;
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
