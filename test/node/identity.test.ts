import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorageNode } from '../../src/node/index.js';
import { initiatorNameIn, vmIdIn } from '../../src/node/identity.js';

describe("the VM's id", () => {
  const id = 'b29f577f-1354-4c4a-ae12-f3809dea44cf';

  test.each([
    [`${id}\n`, id],
    [id.toUpperCase(), id],
    [`  ${id}  `, id],
    [undefined, undefined],
    ['', undefined],
    ['Not Settable\n', undefined],
    ['Not Present', undefined],
    ['To Be Filled By O.E.M.', undefined],
    ['00000000-0000-0000-0000-000000000000', undefined],
    ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', undefined],
    ['03000200-0400-0500-0006-000700080009', undefined],
    [id.replaceAll('-', ''), undefined],
    [`${id}0`, undefined],
  ])('%j is %j', (text, expected) => expect(vmIdIn(text)).toBe(expected));
});

describe("the initiator's name", () => {
  test.each([
    ['InitiatorName=iqn.1993-08.org.debian:01:4b2e3c4d5e6f\n', 'iqn.1993-08.org.debian:01:4b2e3c4d5e6f'],
    ['## comment\n#InitiatorName=iqn.x:old\nInitiatorName = iqn.x:new  \nInitiatorAlias=web\n', 'iqn.x:new'],
    ['InitiatorName=\nInitiatorAlias=web\n', undefined],
    ['GenerateName=yes\n', undefined],
    [undefined, undefined],
  ])('in %j is %j', (text, expected) => expect(initiatorNameIn(text)).toBe(expected));
});

describe('a node', () => {
  const root = mkdtempSync(join(tmpdir(), 'identity-'));
  afterAll(() => rmSync(root, { recursive: true }));

  test('tells what can be read, and leaves out the rest', async () => {
    mkdirSync(join(root, 'sys/class/dmi/id'), { recursive: true });
    mkdirSync(join(root, 'iscsi'));
    const node = createStorageNode({ paths: { sys: join(root, 'sys'), iscsi: join(root, 'iscsi') } });
    expect(await node.identify()).toEqual({
      hostname: hostname(),
      vmId: undefined,
      initiatorName: undefined,
    });
    writeFileSync(join(root, 'sys/class/dmi/id/product_uuid'), 'B29F577F-1354-4C4A-AE12-F3809DEA44CF\n');
    writeFileSync(join(root, 'iscsi/initiatorname.iscsi'), 'InitiatorName=iqn.x:web\n');
    expect(await node.identify()).toEqual({
      hostname: hostname(),
      vmId: 'b29f577f-1354-4c4a-ae12-f3809dea44cf',
      initiatorName: 'iqn.x:web',
    });
  });
});
