import type { ErrorObject } from 'ajv';

const LONGEST_VALUE = 120;

/**
 * A schema violation in the words of the validator behind the real server (Python's jsonschema), e.g.
 * `'api_version' is a required property`.
 */
export function problemText(error: ErrorObject): string {
  const shown = pythonLiteral(error.data);
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'required':
      return `${pythonLiteral(params['missingProperty'])} is a required property`;
    case 'type':
      return `${shown} is not of type ${pythonLiteral(params['type'])}`;
    case 'enum':
      return `${shown} is not one of ${pythonLiteral(params['allowedValues'])}`;
    case 'maxLength':
    case 'maxItems':
      return `${shown} is too long`;
    case 'minLength':
    case 'minItems':
      return `${shown} is too short`;
    case 'minimum':
      return `${shown} is less than the minimum of ${pythonLiteral(params['limit'])}`;
    case 'maximum':
      return `${shown} is greater than the maximum of ${pythonLiteral(params['limit'])}`;
    case 'pattern':
      return `${shown} does not match ${pythonLiteral(params['pattern'])}`;
    case 'additionalProperties': {
      const extra = pythonLiteral(params['additionalProperty']);
      return `Additional properties are not allowed (${extra} was unexpected)`;
    }
    case 'oneOf':
      return Array.isArray(params['passingSchemas'])
        ? `${shown} is valid under more than one of the given schemas`
        : `${shown} is not valid under any of the given schemas`;
    default:
      return `${shown} ${error.message ?? 'is not valid'}`;
  }
}

/** Dotted path of the value that breaks the schema; '' is the whole body. */
export function fieldPath(error: ErrorObject): string {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .join('.');
}

function pythonLiteral(value: unknown): string {
  const text = literal(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${literal(key)}: ${literal(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
