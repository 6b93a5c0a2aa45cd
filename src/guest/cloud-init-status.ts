/** What `cloud-init status --long` said. */
export type CloudInitStatus =
  | { readonly kind: 'working'; readonly seen: string }
  | { readonly kind: 'done' }
  /** Ended, with problems that cloud-init itself calls recoverable. */
  | { readonly kind: 'degraded'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string }
  /** No cloud-init in the guest, or one that is switched off or cannot be asked. */
  | { readonly kind: 'absent'; readonly why: string };

/** The command; `LC_ALL=C` because shells translate "command not found". */
export const CLOUD_INIT_STATUS_COMMAND = 'LC_ALL=C cloud-init status --long';

/**
 * Reads the answer of CLOUD_INIT_STATUS_COMMAND. Exit codes: 0 = no error (also while running), 1 = error,
 * 2 = ended with recoverable errors (since cloud-init 23.4), 127 = there is no cloud-init.
 */
export function readCloudInitStatus(
  code: number | undefined,
  stdout: string,
  stderr: string,
): CloudInitStatus {
  if (code === 127 || (code !== 0 && /not found|no such file/i.test(stderr))) {
    return { kind: 'absent', why: 'the guest has no cloud-init' };
  }
  // `status` came with cloud-init 17.1.
  if (stderr.includes('invalid choice'))
    return { kind: 'absent', why: "the guest's cloud-init cannot tell its status" };
  const status = /^status:\s*(.+?)\s*$/m.exec(stdout)?.[1];
  const extended = /^extended_status:\s*(.+?)\s*$/m.exec(stdout)?.[1];
  switch (status) {
    case 'running':
    case 'not run':
    case 'not started':
      return { kind: 'working', seen: extended ?? status };
    case 'disabled':
      return { kind: 'absent', why: 'cloud-init is disabled in the guest' };
    case 'done':
      return code === 2 || extended?.startsWith('degraded') === true
        ? { kind: 'degraded', problem: problemOf(stdout, 'recoverable_errors', 'detail') }
        : { kind: 'done' };
    case 'degraded done':
      return { kind: 'degraded', problem: problemOf(stdout, 'recoverable_errors', 'detail') };
    case 'error':
      return { kind: 'failed', problem: problemOf(stdout, 'errors', 'detail') };
    default:
      return { kind: 'working', seen: firstLine(stderr) ?? firstLine(stdout) ?? 'no answer' };
  }
}

/** The first of these parts of the long status that says anything, on one line; all of it when none does. */
function problemOf(stdout: string, ...parts: readonly string[]): string {
  const texts = parts.map(
    (name) => new RegExp(`^${name}:((?:.*)(?:\\n(?![a-z_]+:).*)*)`, 'm').exec(stdout)?.[1] ?? '',
  );
  const part = texts.find((text) => /\w/.test(text)) ?? stdout;
  const line = part.replace(/\s+/g, ' ').trim();
  return line.length > 1_000 ? `${line.slice(0, 1_000)}…` : line;
}

function firstLine(text: string): string | undefined {
  return /\S.*/.exec(text)?.[0].trim();
}
