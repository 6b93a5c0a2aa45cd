import { z } from 'zod';
import { lenient, maybe } from './answers.js';
import { readAppErrors, type ErrorBody } from './app-errors.js';
import { capped, textOfHtml } from './texts.js';

const entry = z.looseObject({
  message: maybe.text,
  reason: maybe.text,
  // Absent, a string, or an object from field path to a list of strings (reference 1.6).
  details: z.unknown().optional(),
});
const errorBody = z.looseObject({
  message_list: lenient(z.array(z.unknown())),
  message: maybe.text,
  data: lenient(z.looseObject({ error: z.unknown() })),
});

/**
 * Reads any body that came with an error: the intent API's object, which also answers for a 401 of the newer ones
 * (recorded-v4 B3); the newer APIs' list or object (B1, C2); another JSON object, such as that of an unknown route; HTML,
 * plain text or nothing.
 */
export function readErrorBody(body: string): ErrorBody {
  const json = jsonOf(body);
  if (json === undefined) return { reasons: [], text: capped(textOfHtml(body)) };
  const parsed = errorBody.safeParse(json);
  if (!parsed.success) return { reasons: [], text: capped(body) };
  const { data, message_list: list, message } = parsed.data;
  if (data !== undefined) return readAppErrors(data.error);
  const messages = readMessages(list);
  if (messages.text !== '') return messages;
  return { reasons: [], text: capped(message ?? '') };
}

/** Reads a `message_list`, as error bodies and an entity's status have it. */
export function readMessages(list: readonly unknown[] | undefined): ErrorBody {
  const reasons: string[] = [];
  const texts: string[] = [];
  for (const item of list ?? []) {
    const parsed = entry.safeParse(item);
    if (!parsed.success) continue;
    const { message, reason, details } = parsed.data;
    if (reason !== undefined) reasons.push(reason);
    const text = [message ?? '', ...detailTexts(details)].filter((part) => part !== '').join('; ');
    texts.push(reason === undefined ? text : `${text === '' ? '' : `${text} `}[${reason}]`);
  }
  return { reasons, text: capped(texts.join(' / ')) };
}

function detailTexts(details: unknown): string[] {
  if (typeof details === 'string') return [details];
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details).flatMap(([path, value]: [string, unknown]) => {
    const values = (Array.isArray(value) ? value : [value]).map(String);
    return values.map((text) => (path === '' ? text : `${path}: ${text}`));
  });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
