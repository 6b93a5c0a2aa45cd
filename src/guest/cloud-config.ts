import { isDeepStrictEqual } from 'node:util';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { OperationError } from '../support/index.js';
import { isPlainMap, type GuestSetup, type PlainMap } from './guest-setup.js';
import { addSetup } from './setup-merge.js';
import { NETWORK_ADVICE, NO_NETWORK } from './user-data-format.js';
import { AS_CLOUD_INIT, graft, toYaml, VERBATIM } from './yaml-graft.js';

/** cloud-config that holds our setup and nothing else. */
export function cloudConfigOf(setup: GuestSetup): string {
  return `#cloud-config\n${toYaml(addSetup({}, setup))}`;
}

/**
 * Adds our setup to the user's cloud-config. Its comments, order, quoting, anchors and everything else
 * stay as they are; where an anchor ties together what must now differ, the meaning is kept and the comments
 * are not. OperationError `invalid-input` for text that is not cloud-config.
 */
export function mergeIntoCloudConfig(text: string, setup: GuestSetup): string {
  const before = meaningOf(text);
  if (before !== undefined && 'network' in before) throw networkInCloudConfig();
  if (before === undefined) return `${text.trimEnd()}\n${toYaml(addSetup({}, setup))}`;
  const after = addSetup(before, setup);
  for (const merged of [edit(text, before, after), `#cloud-config\n${toYaml(after)}`]) {
    if (means(merged, after)) return merged;
  }
  throw badCloudConfig('nothing can be added to it without a change of its meaning');
}

function edit(text: string, before: PlainMap, after: PlainMap): string {
  const document = parseDocument(text, VERBATIM);
  if (!isMap(document.contents)) return '';
  graft(document.contents, before, after);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function means(text: string, expected: PlainMap): boolean {
  try {
    return isDeepStrictEqual(meaningOf(text), expected);
  } catch {
    return false;
  }
}

/** What cloud-init reads in the text; undefined when there is nothing but comments. */
function meaningOf(text: string): PlainMap | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...AS_CLOUD_INIT, lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw badCloudConfig(`${problem.message} (line ${line}, column ${col})`, problem);
  }
  const meaning = plainOf(() => document.toJS());
  if (meaning === null || meaning === undefined) return undefined;
  if (!isPlainMap(meaning)) throw badCloudConfig('its top level is not a mapping (lines of `key: value`)');
  return meaning;
}

/** Too many aliases (a text that unfolds to gigabytes) are found only here. */
function plainOf(convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    throw badCloudConfig(error instanceof Error ? error.message : String(error), error);
  }
}

/** cloud-init would ignore it with a line in its log, and the guest would wait for DHCP. */
function networkInCloudConfig(): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data as cloud-config (YAML)',
    problem: `it has a \`network\`, and ${NO_NETWORK}`,
    advice: NETWORK_ADVICE,
  });
}

function badCloudConfig(problem: string, cause?: unknown): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data as cloud-config (YAML)',
    problem,
    advice: 'Check it with `cloud-init schema --config-file FILE`.',
    cause,
  });
}
