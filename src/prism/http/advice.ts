import type { NoAnswerKind } from './failure.js';
import type { EarlierRefusal } from './session/sign-in-gate.js';

/**
 * What to do about each kind of trouble, in neutral words: this folder knows no option names.
 */
export const NO_ANSWER_ADVICE: Readonly<Record<NoAnswerKind, string | undefined>> = {
  'name-resolution': 'Check the host name of the Prism Central endpoint and the resolver of this machine.',
  connection:
    'Check host and port of the Prism Central endpoint (port 9440 as a rule) and firewalls between.',
  proxy: undefined,
  'proxy-sign-in': undefined,
  trust: undefined,
  protocol: 'Check the port: Prism Central answers HTTPS on 9440 as a rule.',
  reset: 'Prism Central or a device in between closed the connection; try again.',
  slow: 'Prism Central may be overloaded or restarting; try again.',
  'too-large': undefined,
};

export const UNAUTHENTICATED_ADVICE =
  'Check user name and password (or the API key). They are not tried again, so that a directory account is not locked.';

/** When and how credentials are sent again that were refused a short while ago. */
export function triedAgainAdvice({ rest, note }: EarlierRefusal): string {
  return `The same credentials are tried again in ${Math.ceil(rest / 1000)} s, other ones at once; these too if you remove ${note}.`;
}

export const PERMISSION_ADVICE = 'Give the account a role in Prism Central that allows this.';

export const ENDPOINT_ADVICE =
  'Check that the endpoint is a Prism Central and the port that of its API (9440 as a rule).';

/** Where to look when the time of an operation is over and the server at `host:port` has not answered. */
export function silenceAdvice(server: string): string {
  return `Check whether Prism Central serves requests at ${server}.`;
}

/** What a front end calls the settings of a connection, e.g. `--nutanix-fingerprint`; they are named in advice. */
export interface SettingNames {
  readonly fingerprint: string;
  readonly authorities: string;
  readonly insecure: string;
  readonly proxy: string;
  readonly api: string;
}

/** The two safe ways first; the unsafe one last. */
export function trustAdvice(fingerprint: string, settings: SettingNames | undefined): string {
  const byFingerprint = settings === undefined ? '' : `${settings.fingerprint} `;
  const byAuthority = settings === undefined ? '' : ` (${settings.authorities})`;
  const unsafe = settings === undefined ? '' : ` (${settings.insecure})`;
  return (
    `If this is your Prism Central, trust this certificate by its fingerprint: ${byFingerprint}sha256:${fingerprint}; ` +
    `or give the certificate file of the authority that signed it${byAuthority}; only as a last resort switch ` +
    `certificate verification off${unsafe}.`
  );
}
