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
  | { readonly kind: 'mime'; readonly text: string };

/** Tells what a person's user-data is; an OperationError (`invalid-input`) when cloud-init would ignore it. */
export function recogniseUserData(given: string): UserDataFormat {
  // Editors put a byte order mark there; cloud-init would not know the text with it.
  const text = given.replace(/^\uFEFF/, '');
  const start = text.trimStart().slice(0, 40).toLowerCase();
  if (start === '') return { kind: 'nothing' };
  const format = FORMATS.find((known) => start.startsWith(known.start));
  if (format?.mimeType === 'text/cloud-config') return { kind: 'cloud-config', text };
  if (format !== undefined) return { kind: 'part', mimeType: format.mimeType, text };
  // cloud-init looks for this header in the first 4096 bytes.
  if (/^mime-version:/im.test(text.slice(0, 4096))) return { kind: 'mime', text };
  throw unknownUserData(text);
}

function unknownUserData(text: string): OperationError {
  const bytes = text.trimStart();
  const compressed = bytes.startsWith('\u001f') || /^H4sI[A-Za-z0-9+/\s]+=*\s*$/.test(bytes);
  const encoded = compressed || /^(?:[A-Za-z0-9+/]{4}\s*){4,}[A-Za-z0-9+/=\s]*$/.test(bytes);
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data',
    problem: encoded
      ? `it is ${compressed ? 'compressed' : 'encoded (base64)'}, and has to be combined with the SSH key of this machine`
      : 'it does not begin with anything that cloud-init knows, so cloud-init would ignore it',
    advice: encoded
      ? 'Give the plain text.'
      : 'Begin it with #cloud-config, #!/bin/sh, #include, #cloud-boothook, ## template: jinja, or MIME headers.',
  });
}
