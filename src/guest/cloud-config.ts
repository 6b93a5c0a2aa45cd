import { isMap, parseDocument, type Document, YAMLMap } from 'yaml';
import { OperationError } from '../support/index.js';
import { addGuestUser } from './cloud-config-users.js';
import { guestSettings, type GuestSetup } from './guest-setup.js';

/**
 * Adds our setup to a person's cloud-config and leaves everything else as it is: comments, order, other
 * users, anchors. Read as YAML 1.1, the version that cloud-init reads (`yes` is a boolean, 0644 is octal).
 */
export function mergeIntoCloudConfig(text: string, setup: GuestSetup): string {
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false });
  const [problem] = document.errors;
  if (problem !== undefined) throw badCloudConfig(problem.message, problem);
  const root = rootOf(document);
  if (!root.has('fqdn')) setUnlessThere(root, guestSettings(setup));
  addGuestUser(document, root, setup);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function rootOf(document: Document): YAMLMap {
  document.contents ??= document.createNode({});
  if (isMap(document.contents)) return document.contents;
  if (document.toJS() === null) {
    const root = new YAMLMap();
    document.contents = root;
    return root;
  }
  throw badCloudConfig('its top level is not a mapping (key: value lines)');
}

function setUnlessThere(root: YAMLMap, settings: Readonly<Record<string, string | boolean>>): void {
  for (const [key, value] of Object.entries(settings)) if (!root.has(key)) root.set(key, value);
}

function badCloudConfig(problem: string, cause?: unknown): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data as cloud-config',
    problem,
    advice: 'Check it with `cloud-init schema --config-file FILE`.',
    cause,
  });
}
