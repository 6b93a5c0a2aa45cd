import type { Connection, Credentials } from '../../provider/index.js';
import {
  absolutePaths,
  connectionFromFlags,
  holdsPassword,
  OPTION_KEYS,
  OPTIONS,
  readFlags,
  type Environment,
} from '../../settings/index.js';
import { hasCode } from '../../support/index.js';
import { connectionOptionsShape, keyOf, type FlagValue } from '../declaration/driver-values.js';
import { shownName, type Dialogue } from './choice.js';

/** How the user is asked for what no flag and no variable says. */
export interface SecretDialogue extends Dialogue {
  /** Nothing of the answer is shown. */
  readonly askSecret: (question: string) => Promise<string>;
}

/** What the command line says of Prism Central. */
export interface SignInFlags {
  /** By the names of the driver's flags. */
  readonly flags: ReadonlyMap<string, FlagValue>;
  /** Variables that hold the secret; undefined = NUTANIX_PASSWORD or NUTANIX_API_KEY. */
  readonly passwordEnv?: string | undefined;
  readonly apiKeyEnv?: string | undefined;
}

export interface SignIn {
  readonly connection: Connection;
  /** Keys of `connection` in the file: no secret, but the name of the variable that holds it. */
  readonly entries: readonly (readonly [string, FlagValue])[];
  /** The variable that is named and its value, if one is named. */
  readonly secret?: SignInSecret | undefined;
  /** Where the URL of the proxy has a password: it is in this variable, and not in the file. */
  readonly proxyVariable?: string | undefined;
}

interface SignInSecret {
  readonly variable: string;
  readonly value: string;
  readonly isTyped: boolean;
}

/** Prism Central and its account from flags, environment and user; texts instead say what is missing. */
export async function signIn(
  { flags, ...named }: SignInFlags,
  environment: Environment,
  dialogue: SecretDialogue | undefined,
  warn: (text: string) => void,
): Promise<SignIn | readonly string[]> {
  const given = new Map(flags);
  const problems: string[] = [];
  const require = async (key: 'Endpoint' | 'Username', question: string): Promise<void> => {
    const option = OPTIONS[key];
    if (readFlags(given, environment).values[key] !== '') return;
    if (dialogue === undefined) problems.push(`--${keyOf(option)} (or ${option.env}) is needed`);
    else given.set(option.name, await answered(question, option.check, dialogue));
  };
  await require('Endpoint', 'Prism Central (name or address): ');
  const way = wayIn(named, readFlags(given, environment).values.CredentialsFile, environment);
  if (way.kind === 'password') await require('Username', 'User name: ');
  const secret = way.kind === 'file' ? undefined : await secretOf(way, environment, dialogue, problems);
  if (problems.length > 0) return problems;
  const secrets = secret === undefined ? {} : onlySecret(way.kind, secret.value);
  const own = { ...environment, ...secrets };
  const connection = await connectionFromFlags(given, own, warn);
  const key = way.kind === 'key' ? 'api-key-env' : 'password-env';
  const variable: (readonly [string, FlagValue])[] = secret === undefined ? [] : [[key, secret.variable]];
  const entries = entriesOf(given, own, way.kind === 'key').filter((entry) => !isSecretProxy(entry));
  const { ProxyURL } = readFlags(given, own).values;
  const proxyVariable = holdsPassword(ProxyURL) ? OPTIONS.ProxyURL.env : undefined;
  return { connection, entries: [...entries, ...variable], secret, proxyVariable };
}

/**
 * The sign-in with another secret, where Prism Central has refused the one that was typed; undefined when the failure is another
 * one, or when the secret is that of a variable or a file: to type one would not mend it. A refusal counts towards the lock of an
 * account, so each is told before the next is asked for.
 */
export async function withOtherSecret(
  signIn: SignIn,
  failure: unknown,
  dialogue: SecretDialogue,
): Promise<SignIn | undefined> {
  const { connection, secret } = signIn;
  if (!hasCode(failure, 'unauthenticated') || secret?.isTyped !== true) return undefined;
  dialogue.say(shownName(failure.problem));
  const { credentials } = connection;
  const value = await typedSecret(credentials.kind === 'api-key' ? 'key' : 'password', dialogue);
  const other: Credentials =
    credentials.kind === 'api-key' ? { ...credentials, key: value } : { ...credentials, password: value };
  return { ...signIn, connection: { ...connection, credentials: other }, secret: { ...secret, value } };
}

function isSecretProxy([key, value]: readonly [string, FlagValue]): boolean {
  return key === keyOf(OPTIONS.ProxyURL) && holdsPassword(String(value));
}

type WayIn = { readonly kind: 'file' } | { readonly kind: 'key' | 'password'; readonly variable: string };

/** A variable that is named on the command line comes first, as a flag does everywhere. */
function wayIn(
  { passwordEnv, apiKeyEnv }: Omit<SignInFlags, 'flags'>,
  credentialsFile: string,
  environment: Environment,
): WayIn {
  const [password, key] = [OPTIONS.Password.env, OPTIONS.APIKey.env];
  if (apiKeyEnv !== undefined) return { kind: 'key', variable: apiKeyEnv };
  if (passwordEnv !== undefined) return { kind: 'password', variable: passwordEnv };
  if (credentialsFile !== '') return { kind: 'file' };
  const hasOnlyKey = (environment[key] ?? '') !== '' && (environment[password] ?? '') === '';
  return hasOnlyKey ? { kind: 'key', variable: key } : { kind: 'password', variable: password };
}

async function secretOf(
  { kind, variable }: Exclude<WayIn, { readonly kind: 'file' }>,
  environment: Environment,
  dialogue: SecretDialogue | undefined,
  problems: string[],
): Promise<SignInSecret | undefined> {
  const value = environment[variable] ?? '';
  if (value !== '') return { variable, value, isTyped: false };
  if (dialogue !== undefined) return { variable, value: await typedSecret(kind, dialogue), isTyped: true };
  problems.push(`the environment variable ${variable} is needed, with the ${SECRET[kind].toLowerCase()}`);
  return undefined;
}

const SECRET = { key: 'API key', password: 'Password' };

async function typedSecret(kind: keyof typeof SECRET, { askSecret }: SecretDialogue): Promise<string> {
  for (;;) {
    const typed = await askSecret(`${SECRET[kind]} (not shown): `);
    if (typed !== '') return typed;
  }
}

/** The one secret that counts, for the environment; the others are as if they were not there. */
function onlySecret(kind: WayIn['kind'], value: string): Environment {
  return {
    [OPTIONS.CredentialsFile.env]: '',
    [OPTIONS.Password.env]: kind === 'password' ? value : '',
    [OPTIONS.APIKey.env]: kind === 'key' ? value : '',
  };
}

async function answered(
  question: string,
  check: ((value: string) => string | undefined) | undefined,
  { ask, say }: Dialogue,
): Promise<string> {
  for (;;) {
    const answer = (await ask(question)).trim();
    const problem = answer === '' ? undefined : check?.(answer);
    if (answer !== '' && problem === undefined) return answer;
    if (problem !== undefined) say(`It ${shownName(problem)}.`);
  }
}

/** What differs from the defaults; paths in full, because those of the file are relative to it. */
function entriesOf(
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment,
  isKey: boolean,
): (readonly [string, FlagValue])[] {
  const { values } = readFlags(flags, environment);
  const all = { ...values, ...absolutePaths(values, environment) };
  return OPTION_KEYS.flatMap((key) => {
    const name = keyOf(OPTIONS[key]);
    if (!Object.hasOwn(connectionOptionsShape, name) || (isKey && key === 'Username')) return [];
    return all[key] === OPTIONS[key].fallback ? [] : [[name, all[key]] as const];
  });
}
