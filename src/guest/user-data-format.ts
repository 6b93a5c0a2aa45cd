import { OperationError } from '../support/index.js';

/**
 * The kinds of user-data that cloud-init tells apart by their first characters, with the MIME type of each
 * (cloud-init's documentation, "User data formats").
 */
const FORMATS = [
  { start: '## template: jinja', mimeType: 'text/jinja2' },
  { start: '#cloud-config-archive', mimeType: 'text/cloud-config-archive' },
  { start: '#cloud-config-jsonp', mimeType: 'text/cloud-config-jsonp' },
  { start: '#cloud-config', mimeType: 'text/cloud-config' },
  { start: '#cloud-boothook', mimeType: 'text/cloud-boothook' },
  { start: '#include-once', mimeType: 'text/x-include-once-url' },
  { start: '#include', mimeType: 'text/x-include-url' },
  { start: '#part-handler', mimeType: 'text/part-handler' },
  { start: '#upstart-job', mimeType: 'text/upstart-job' },
  { start: '#!', mimeType: 'text/x-shellscript' },
] as const;

export type UserDataFormat =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cloud-config'; readonly text: string }
  /** One document of another kind. */
  | { readonly kind: 'part'; readonly mimeType: string; readonly text: string }
  /** A MIME message with headers of its own. */
  | { readonly kind: 'mime'; readonly text: string }
  /** JSON: an Ignition config, or nothing at all. */
  | { readonly kind: 'ignition'; readonly text: string };

/** True when the guest is to read its user-data with Ignition, and so need not have cloud-init. */
export function isForIgnition(given: string | undefined): boolean {
  return given !== undefined && recogniseUserData(given).kind === 'ignition';
}

/** Tells what a user's user-data is; an OperationError (`invalid-input`) when cloud-init would ignore it. */
export function recogniseUserData(given: string): UserDataFormat {
  // Editors put a byte order mark there; cloud-init would not know the text with it.
  const text = given.replace(/^\uFEFF/, '');
  const start = text.trimStart().slice(0, 40).toLowerCase();
  if (start === '') return { kind: 'nothing' };
  if (start.startsWith('{')) return { kind: 'ignition', text };
  const format = FORMATS.find((known) => start.startsWith(known.start));
  if (format?.mimeType === 'text/cloud-config') return { kind: 'cloud-config', text };
  if (format !== undefined) return { kind: 'part', mimeType: format.mimeType, text };
  // cloud-init looks for this header in the first 4096 bytes.
  if (/^mime-version:/im.test(text.slice(0, 4096))) return { kind: 'mime', text };
  throw unknownUserData(text);
}

function unknownUserData(text: string): OperationError {
  const { problem, advice } = whatElse(text);
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data',
    problem,
    advice,
  });
}

/** What a text is that no guest reads as user-data, and what to do about it. */
function whatElse(text: string): { readonly problem: string; readonly advice: string } {
  const bytes = text.trimStart();
  const compressed = bytes.startsWith('\u001f') || /^H4sI[A-Za-z0-9+/\s]+=*\s*$/.test(bytes);
  if (compressed || /^(?:[A-Za-z0-9+/]{4}\s*){4,}[A-Za-z0-9+/=\s]*$/.test(bytes)) {
    const how = compressed ? 'compressed' : 'encoded (base64)';
    const problem = `it is ${how}, and has to be combined with the SSH key of this machine`;
    return { problem, advice: 'Give the plain text.' };
  }
  if (/^variant\s*:\s*['"]?(?:fcos|flatcar|openshift|fiot|r4e)\b/m.test(text)) {
    return {
      problem: 'it is a Butane config, and guests read only what butane makes of it',
      advice: 'Give the output of `butane --strict FILE`, an Ignition config.',
    };
  }
  const bare = /^version\s*:\s*[12]\s*$/m.test(text) && /^(?:config|ethernets|bonds|vlans)\s*:/m.test(text);
  if (bare || /^network\s*:/m.test(text)) {
    return { problem: `it is a network configuration, and ${NO_NETWORK}`, advice: NETWORK_ADVICE };
  }
  return {
    problem: 'it does not begin with anything that cloud-init knows, so cloud-init would ignore it',
    advice:
      'Begin it with #cloud-config, #!/bin/sh, #include, #cloud-boothook, ## template: jinja, or MIME headers, or give an Ignition config (JSON).',
  };
}

/**
 * cloud-init's ConfigDrive takes the network from network_data.json or from a file that meta_data.json points
 * to. Prism Central makes a drive of meta-data and user-data alone (reference of the v3 API, section 5.6).
 */
export const NO_NETWORK =
  'cloud-init takes none from user-data, nor does Prism Central give it to the guest in another way';
export const NETWORK_ADVICE =
  'Take a subnet whose addresses Prism Central manages (there a NIC may have a fixed address), or write the ' +
  'configuration into the guest with bootcmd, as docs/guests.md shows.';
