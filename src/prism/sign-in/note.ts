import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Credentials } from '../../provider/index.js';
import { replaceFile } from '../../support/index.js';

const noteShape = z.object({
  server: z.string(),
  user: z.string(),
  /** Date.now() of the refusal. */
  at: z.number(),
  /** The server's words. */
  words: z.string(),
});
export type Note = z.infer<typeof noteShape>;

/** undefined when there is none, or it cannot be understood. */
export async function readNote(path: string): Promise<Note | undefined> {
  try {
    return noteShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The note appears with its content in one step, for this user only. */
export async function writeNote(path: string, note: Note): Promise<void> {
  await replaceFile(path, `${JSON.stringify(note)}\n`, 0o600);
}

/** A server, or a gateway before it, may repeat what it was sent. */
export function withoutSecrets(words: string, credentials: Credentials): string {
  const [user, secret] =
    credentials.kind === 'api-key' ? ['', credentials.key] : [credentials.username, credentials.password];
  if (secret === '') return words;
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const forms = [
    base64(`${user}:${secret}`),
    base64(secret),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret,
  ];
  return forms.reduce((text, form) => text.replaceAll(form, '***'), words);
}
