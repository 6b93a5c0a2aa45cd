import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enum, parse, Root, Type, type Field, type Service } from 'protobufjs';
import { z } from 'zod';
import { HOST_VERSIONS, hostProgram, type HostVersion } from './host.js';

const declaredShape = z.object({
  fields: z.array(z.string()),
  values: z.array(z.string()),
  calls: z.array(z.string()),
});
type Declared = z.infer<typeof declaredShape>;

/** What the older version of the module does not have. */
const SINCE_2026 = /HeartbeatRequest|protocol_port/;

function officialInterface(version: HostVersion): Declared {
  const run = spawnSync(hostProgram(version), ['descriptor'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`fleeting-host (make tools): ${run.error?.message ?? run.stderr}`);
  return declaredShape.parse(JSON.parse(run.stdout));
}

function ownInterface(): Declared {
  const root = new Root();
  const file = join(__dirname, '../../../proto/instance_group.proto');
  parse(readFileSync(file, 'utf8'), root, { keepCase: true });
  root.resolveAll();
  const own: Declared = { fields: [], values: [], calls: [] };
  collect(root.lookup('proto'), own);
  own.calls.push(...callsOf(root.lookupService('proto.InstanceGroup')));
  return own;
}

function collect(space: unknown, own: Declared): void {
  if (space instanceof Enum) {
    for (const [name, value] of Object.entries(space.values))
      own.values.push(`${nameOf(space)} ${name} = ${value}`);
  }
  if (space instanceof Type) own.fields.push(...space.fieldsArray.map(fieldText));
  if (
    typeof space === 'object' &&
    space !== null &&
    'nestedArray' in space &&
    Array.isArray(space.nestedArray)
  )
    for (const one of space.nestedArray) collect(one, own);
}

function callsOf(service: Service): string[] {
  return service.methodsArray.map((method) => {
    const answer = `${method.responseStream === true ? 'stream ' : ''}${nameOf(method.resolvedResponseType)}`;
    return `${nameOf(service)}.${method.name}(${nameOf(method.resolvedRequestType)}): ${answer}`;
  });
}

function fieldText(field: Field): string {
  const type = field.resolvedType === null ? field.type : nameOf(field.resolvedType);
  return `${nameOf(field)} = ${field.id}: ${field.repeated ? 'repeated ' : ''}${type}`;
}

function nameOf(thing: { readonly fullName: string } | null): string {
  return thing === null ? '?' : thing.fullName.replace(/^\./, '');
}

describe.each(HOST_VERSIONS)("proto/instance_group.proto, beside GitLab's module of %s", (version) => {
  const official = officialInterface(version);
  const own = ownInterface();
  const of = (lines: readonly string[]): string[] =>
    lines.filter((line) => version === '2026' || !SINCE_2026.test(line)).sort();

  test.each(['fields', 'values', 'calls'] as const)('%s are the same', (kind) => {
    expect(official[kind].length).toBeGreaterThan(4);
    expect(of(own[kind])).toEqual([...official[kind]].sort());
  });
});
