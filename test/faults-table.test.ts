import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFile } from './source-tree.js';

/** One row of the tables of faults. */
interface Row {
  readonly scenario: string;
  readonly does: string;
  readonly proofs: readonly { readonly file: string; readonly name: string }[];
}

const DOCUMENTS = ['docs/faults.md', 'docs/volume-faults.md'];

function rows(): readonly Row[] {
  const lines = DOCUMENTS.flatMap((document) => repositoryFile(document).split('\n'));
  return lines
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line) && !line.startsWith('| scenario'))
    .map((line) => {
      const [, scenario = '', does = '', proof = ''] = line.split('|').map((cell) => cell.trim());
      const proofs = proof.split('<br>').map((one) => {
        const [, file = '', name = ''] = /^`(test\/[^`]+)`: (.+)$/.exec(one.trim()) ?? [];
        return { file, name };
      });
      return { scenario, does, proofs };
    });
}

describe('the tables of faults', () => {
  const all = rows();

  it('has a row for each fault, each with what the driver does and a proof', () => {
    expect(all.length).toBeGreaterThan(70);
    for (const row of all) {
      expect(row.does).not.toBe('');
      expect(row.proofs).not.toContainEqual({ file: '', name: '' });
    }
  });

  it.each(all)('$scenario: the tests that it names exist', ({ proofs }) => {
    for (const { file, name } of proofs) {
      expect([file, existsSync(join(__dirname, '..', file))]).toEqual([file, true]);
      // Names are literals in the source, or parts of a template or of a row of a table of cases.
      const text = repositoryFile(file).replaceAll("\\'", "'");
      expect([file, name, text.includes(name)]).toEqual([file, name, true]);
    }
  });
});
