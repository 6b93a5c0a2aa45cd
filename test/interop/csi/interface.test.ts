import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common, Enum, MapField, parse, Root, Type, type Field, type NamespaceBase } from 'protobufjs';
import { z } from 'zod';

/** What the specification declares: a line for each field, value and call (descriptor/main.go). */
const declaredShape = z.object({
  fields: z.array(z.string()),
  secrets: z.array(z.string()),
  values: z.array(z.string()),
  calls: z.array(z.string()),
});
type Declared = z.infer<typeof declaredShape>;

/** Calls of the specification that the driver does not serve, and why. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  'csi.v1.Controller.ControllerListVolumeHealth': 'alpha; Prism Central tells no health of volume groups',
  'csi.v1.Controller.ControllerGetVolumeHealth': 'alpha; Prism Central tells no health of volume groups',
  'csi.v1.Controller.ControllerModifyVolume': 'nothing of a volume changes but its size',
  'csi.v1.Node.NodeGetVolumeHealth': 'alpha; Prism Central tells no health of volume groups',
  'csi.v1.Node.NodeGetStorageHealth': 'alpha',
  'csi.v1.GroupController.GroupControllerGetCapabilities': 'no snapshots of several volumes at one moment',
  'csi.v1.GroupController.CreateVolumeGroupSnapshot': 'no snapshots of several volumes at one moment',
  'csi.v1.GroupController.DeleteVolumeGroupSnapshot': 'no snapshots of several volumes at one moment',
  'csi.v1.GroupController.GetVolumeGroupSnapshot': 'no snapshots of several volumes at one moment',
  'csi.v1.SnapshotMetadata.GetMetadataAllocated': 'alpha; no list of changed blocks',
  'csi.v1.SnapshotMetadata.GetMetadataDelta': 'alpha; no list of changed blocks',
};

function officialInterface(): Declared {
  const env = { ...process.env, CGO_ENABLED: '0' }; // as `make tools`, so that Go compiles nothing twice
  const run = spawnSync('go', ['run', '-trimpath', './descriptor'], {
    cwd: __dirname,
    env,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`go run ./descriptor: ${run.stderr}`);
  return declaredShape.parse(JSON.parse(run.stdout));
}

function ownInterface(): Declared {
  const root = new Root();
  for (const name of ['timestamp', 'wrappers'])
    root.addJSON(common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
  parse(readFileSync(join(__dirname, '../../../proto/csi.proto'), 'utf8'), root, { keepCase: true });
  root.resolveAll();
  const own: Declared = { fields: [], secrets: [], values: [], calls: [] };
  collect(root.lookup('csi.v1'), own);
  for (const service of ['Identity', 'Controller', 'Node']) {
    for (const method of root.lookupService(`csi.v1.${service}`).methodsArray) {
      const types = [method.resolvedRequestType, method.resolvedResponseType].map((type) => nameOf(type));
      own.calls.push(`csi.v1.${service}.${method.name}(${String(types[0])}): ${String(types[1])}`);
    }
  }
  return own;
}

function collect(space: unknown, own: Declared): void {
  if (space instanceof Enum) {
    for (const [name, value] of Object.entries(space.values))
      own.values.push(`${nameOf(space)} ${name} = ${value}`);
  }
  if (space instanceof Type) {
    own.fields.push(...space.fieldsArray.map(fieldText));
    // A reserved number of a message stands for a field with secrets, or for one that the specification has given up.
    for (const range of z.array(z.unknown()).catch([]).parse(space.reserved))
      if (Array.isArray(range)) own.secrets.push(`${nameOf(space)} ${String(range[0])}`);
  }
  if (isNamespace(space)) for (const one of space.nestedArray) collect(one, own);
}

function isNamespace(space: unknown): space is NamespaceBase {
  return typeof space === 'object' && space !== null && 'nestedArray' in space;
}

function fieldText(field: Field): string {
  const type = field.resolvedType === null ? field.type : nameOf(field.resolvedType);
  const key = field instanceof MapField ? `map<${field.keyType}, ${type}>` : undefined;
  const oneof = field.partOf === null ? '' : ` in ${field.partOf.name}`;
  return `${nameOf(field)} = ${field.id}: ${key ?? (field.repeated ? `repeated ${type}` : type)}${oneof}`;
}

function nameOf(thing: { readonly fullName: string } | null): string {
  return thing === null ? '?' : thing.fullName.replace(/^\./, '');
}

describe('proto/csi.proto, beside the Go module of the specification', () => {
  const official = officialInterface();
  const own = ownInterface();
  const messages = new Set(own.fields.map((line) => line.replace(/\.\w+ = .*/, '')));
  const enums = new Set(own.values.map((line) => line.replace(/ .*/, '')));

  test('has each message whole: names, numbers, types, labels', () => {
    const served = official.fields.filter((line) => messages.has(line.replace(/\.\w+ = .*/, '')));
    expect(served.length).toBeGreaterThan(90);
    expect([...own.fields].sort()).toEqual(served.sort());
  });

  test('has each enumeration whole', () => {
    const served = official.values.filter((line) => enums.has(line.replace(/ .*/, '')));
    expect(served.length).toBeGreaterThan(40);
    expect([...own.values].sort()).toEqual(served.sort());
  });

  test('has all calls but those that are not served', () => {
    const served = official.calls.filter((line) => NOT_SERVED[line.replace(/\(.*/, '')] === undefined);
    expect([...own.calls].sort()).toEqual(served.sort());
    const names = official.calls.map((line) => line.replace(/\(.*/, ''));
    expect(Object.keys(NOT_SERVED).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('reserves every field with secrets of its messages, so that none is ever decoded', () => {
    const used = new Set(own.calls.flatMap((line) => line.match(/csi\.v1\.\w+(?=\))/g) ?? []));
    const secrets = official.secrets.filter((line) => used.has(line.replace(/ .*/, '')));
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((line) => !own.secrets.includes(line))).toEqual([]);
  });
});
