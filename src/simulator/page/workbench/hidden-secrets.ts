import { HIDDEN, isSecretName, maskedText, maskedWords } from './masked-text.js';
import { decodedWithoutSecrets } from './user-data.js';

/** A JSON value without its secrets; user data become texts that can be read. */
export function withoutSecrets(value: unknown, name = ''): unknown {
  if (value === null || typeof value === 'boolean' || value === '') return value;
  if (isSecretName(name)) return whollyHidden(value);
  if (Array.isArray(value)) return withoutSecretsInList(value, name);
  if (typeof value === 'object') return withoutSecretsInObject(value);
  if (/^(user_?data|meta_?data)$/i.test(name)) return userData(value);
  return typeof value === 'string' ? maskedText(value) : value;
}

/** Of a request or an answer, in the order of their names. */
export function headersWithoutSecrets(
  headers: Readonly<Record<string, unknown>>,
): (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]): readonly [string, string] => {
      const text = Array.isArray(value) ? value.join(', ') : String(value);
      return [name.toLowerCase(), isSecretName(name) ? HIDDEN : maskedText(text)];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * A body that is no JSON, or only the beginning of it: texts in Base64 are hidden, as it may be user data, whose
 * secrets nothing would recognise.
 */
export function bodyWithoutSecrets(body: string): string {
  return maskedText(body.replace(/"[A-Za-z0-9+/]{16,}={0,2}(?:"|$)/g, `"${HIDDEN}"`));
}

function withoutSecretsInList(list: readonly unknown[], name: string): unknown[] {
  const isCommand = list.every((item) => typeof item === 'string');
  return isCommand ? maskedWords(list) : list.map((item) => withoutSecrets(item, name));
}

function withoutSecretsInObject(value: object): Record<string, unknown> {
  const type = '$objectType' in value ? String(value.$objectType) : '';
  const isSecretPair = Object.entries(value).some(
    ([key, inner]) => /^(name|key)$/i.test(key) && typeof inner === 'string' && isSecretName(inner),
  );
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== 'value') return [key, withoutSecrets(inner, key)];
      // API v4: `{ "$objectType": "vmm.v4.ahv.config.Userdata", "value": … }`.
      if (type.endsWith('.Userdata')) return [key, userData(inner)];
      return [
        key,
        isSecretPair || type.endsWith('.Unattendxml') ? whollyHidden(inner) : withoutSecrets(inner, key),
      ];
    }),
  );
}

/** All that is in it, but for what is true or false. */
function whollyHidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(whollyHidden);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, whollyHidden(inner)]));
  return value === null || typeof value === 'boolean' || value === '' ? value : HIDDEN;
}

function userData(value: unknown): unknown {
  // A list of lines, since JSON has no line ends within a text.
  return typeof value === 'string' ? decodedWithoutSecrets(value).split('\n') : withoutSecrets(value);
}
