import { z } from 'zod';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { schemaRejection, type SchemaProblem } from './error.js';

/** An id of any entity. Not the form of RFC 9562: ids of VMs have other variants (recorded-v4 A1). */
export const extIdShape = z.string().regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);

/** A pointer at another entity. */
export const extIdReference = body({ extId: extIdShape });

/** An object of a request. Clients name its type or not; members that the API has not are refused. */
export function body<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape & { $objectType: z.ZodOptional<z.ZodString> }, z.core.$strict> {
  return z.strictObject({ ...shape, $objectType: z.string().optional() });
}

/** One of the objects between which a member is a choice: its type tells which one it is (reference v4 3.1). */
export function choice<Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  shape: Shape,
): z.ZodObject<Shape & { $objectType: z.ZodLiteral<Type> }, z.core.$strict> {
  return z.strictObject({ ...shape, $objectType: z.literal(type) });
}

/** What only the server says; clients that send a GET's body back send it too. */
export const readOnly = z.unknown().optional();

/** What only the server says of every entity. */
export const entityMembers = { extId: readOnly, links: readOnly, tenantId: readOnly };

/** The body of a request. Throws what a body that breaks the schema is answered with (recorded-v4 C2). */
export function requestBody<Shape extends z.ZodType>(
  world: V4World,
  call: V4Call,
  shape: Shape,
): z.infer<Shape> {
  const parsed = shape.safeParse(withoutMarks(call.body === undefined ? {} : call.body), {
    reportInput: true,
  });
  if (parsed.success) return parsed.data;
  throw schemaRejection(world, call, parsed.error.issues.map(problemOf));
}

/**
 * Without what says nothing: members that are null, and marks such as `$reserved` and `$backingInfoItemDiscriminator`,
 * which Nutanix's own clients send.
 */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
      inner === null || (name.startsWith('$') && name !== '$objectType') ? [] : [[name, withoutMarks(inner)]],
    ),
  );
}

function problemOf(issue: z.core.$ZodIssue): SchemaProblem {
  const field = issue.path.map(String).join('.');
  const text = textOf(issue);
  return { location: '@body', message: field === '' ? text : `Field ${field} : ${text}` };
}

/** In the words of the recorded one (C2: a number below its minimum); the others are in its manner. */
function textOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Numeric instance is lower than the required minimum (minimum: ${String(issue.minimum)}, found: ${found(issue.input)})`
        : `${instance(issue.origin)} is too short (minimum allowed: ${String(issue.minimum)})`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Numeric instance is greater than the required maximum (maximum: ${String(issue.maximum)}, found: ${found(issue.input)})`
        : `${instance(issue.origin)} is too long (maximum allowed: ${String(issue.maximum)})`;
    case 'invalid_value':
      return `Instance value (${found(issue.input)}) not found in enum (possible values: ${JSON.stringify(issue.values)})`;
    case 'invalid_type':
      return `Instance type (${typeOf(issue.input)}) does not match any allowed primitive type (allowed: ["${issue.expected}"])`;
    case 'invalid_union':
      return 'Instance failed to match exactly one schema';
    case 'unrecognized_keys':
      return `Object instance has properties which are not allowed by the schema: ${JSON.stringify(issue.keys)}`;
    case 'invalid_format':
      return `ECMA 262 regex "${issue.pattern ?? issue.format}" does not match input string ${found(issue.input)}`;
    default:
      return issue.message;
  }
}

function instance(origin: string): string {
  return origin === 'array' ? 'Array' : 'String';
}

function found(input: unknown): string {
  return input === undefined ? 'nothing' : JSON.stringify(input);
}

function typeOf(input: unknown): string {
  return Array.isArray(input) ? 'array' : input === undefined ? 'missing' : typeof input;
}
