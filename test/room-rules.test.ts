import { posix } from 'node:path';
import { circlesOf } from './import-graph.js';
import { importsOf, repositoryFile, typescriptFiles, type SourceFile } from './source-tree.js';

const MOST_FILES = 25;
const EVERYTHING = 'all of these';

/** A row of one of the tables "Within `src/HOUSE`" of docs/architecture.md. */
interface Room {
  readonly sentence: string;
  /** The rooms of the same house that it may load. */
  readonly loads: readonly string[];
}

/** The rooms of every house that has a table: a room is a folder, or a file beside the folders (without `.ts`). */
function tablesOf(text: string): Map<string, Map<string, Room>> {
  const sections = text.matchAll(/^### Within `src\/([\w-]+)`\n([^#]*)/gm);
  return new Map([...sections].map(([, house = '', section = '']) => [house, roomsOf(section)]));
}

function roomsOf(section: string): Map<string, Room> {
  const rows = [...section.matchAll(/^\| `([\w.-]+)`\s*\| (.*?)\s*\| (.*?)\s*\|$/gm)];
  const names = rows.map(([, name = '']) => name);
  return new Map(
    rows.map(([, name = '', sentence = '', loads = '']) => {
      const listed = loads === 'nothing' ? [] : loads.split(', ');
      return [
        name,
        { sentence, loads: loads === EVERYTHING ? names.filter((other) => other !== name) : listed },
      ];
    }),
  );
}

interface Arrow {
  readonly house: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

function houseOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function roomOf(path: string): string {
  const [, , room = ''] = path.split('/');
  return room.replace(/\.ts$/, '');
}

function targetsOf(file: SourceFile): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file.path), name).replace(/\.js$/, '.ts'));
}

/** The imports between rooms of one house. A house's index.ts is its face: it loads any room, and no room loads it. */
function arrowsOf(file: SourceFile): Arrow[] {
  const house = houseOf(file.path);
  const from = roomOf(file.path);
  return targetsOf(file).flatMap((target) => {
    const to = roomOf(target);
    if (houseOf(target) !== house || to === from || file.path === `src/${house}/index.ts`) return [];
    return [{ house, from, to, text: `${file.path} loads ${target}` }];
  });
}

const sources = typescriptFiles('src').filter(({ path }) => !path.endsWith('.d.ts'));
const arrows = sources.flatMap(arrowsOf);
const tables = tablesOf(repositoryFile('docs/architecture.md'));

function refusal(arrow: Arrow, rooms: ReadonlyMap<string, Room> | undefined): string[] {
  const room = rooms?.get(arrow.from);
  if (room === undefined || room.loads.includes(arrow.to)) return [];
  return [`${arrow.text}: within src/${arrow.house}, ${arrow.from} must not load ${arrow.to}`];
}

describe('the rooms of a house', () => {
  test('have each a sentence in docs/architecture.md, and the tables there name no room that is gone', () => {
    const folders = new Set(
      sources.flatMap(({ path }) => (path.split('/').length > 3 ? [`${houseOf(path)}/${roomOf(path)}`] : [])),
    );
    const files = new Set(sources.map(({ path }) => `${houseOf(path)}/${roomOf(path)}`));
    const told = [...tables].flatMap(([house, rooms]) => [...rooms.keys()].map((room) => `${house}/${room}`));
    expect([...folders].filter((folder) => !told.includes(folder))).toEqual([]);
    expect(told.filter((room) => !files.has(room))).toEqual([]);
    const sentences = [...tables.values()].flatMap((rooms) => [...rooms.values()]);
    expect(sentences.filter(({ sentence }) => sentence.length < 15)).toEqual([]);
  });

  test('load what the table of the house allows, and nothing else', () => {
    expect(arrows.flatMap((arrow) => refusal(arrow, tables.get(arrow.house)))).toEqual([]);
  });

  test('need what the table allows them', () => {
    const drawn = new Set(arrows.map(({ house, from, to }) => `${house}: ${from} loads ${to}`));
    const listed = [...tables].flatMap(([house, rooms]) =>
      [...rooms].flatMap(([from, { loads }]) =>
        loads.length === rooms.size - 1 ? [] : loads.map((to) => `${house}: ${from} loads ${to}`),
      ),
    );
    expect(listed.filter((arrow) => !drawn.has(arrow))).toEqual([]);
  });

  test('load one another in no circle', () => {
    const circles = [...new Set(arrows.map(({ house }) => house))].flatMap((house) => {
      const graph = new Map<string, string[]>();
      const inHouse = arrows.filter((arrow) => arrow.house === house);
      for (const { from, to } of inHouse) graph.set(from, [...(graph.get(from) ?? []), to]);
      return circlesOf(graph).map((circle) => `${house}: ${circle.join(', ')}`);
    });
    expect(circles).toEqual([]);
  });

  test('what a table does not allow is refused', () => {
    const [table] = tablesOf(
      '### Within `src/x`\n\n| room | what | loads |\n| `a` | the ground | nothing |\n| `b` | above | a |\n',
    ).values();
    const climbing = arrowsOf({ path: 'src/x/a/y.ts', text: `import type { B } from '../b/z.js';` });
    expect(climbing.flatMap((arrow) => refusal(arrow, table))).toEqual([
      'src/x/a/y.ts loads src/x/b/z.ts: within src/x, a must not load b',
    ]);
    const falling = arrowsOf({ path: 'src/x/b/z.ts', text: `export * from '../a/y.js';` });
    expect(falling).toHaveLength(1);
    expect(falling.flatMap((arrow) => refusal(arrow, table))).toEqual([]);
  });
});

describe('files', () => {
  test('load one another in no circle', () => {
    const graph = new Map(sources.map((file) => [file.path, targetsOf(file)]));
    expect(circlesOf(graph)).toEqual([]);
  });

  test(`are at most ${String(MOST_FILES)} in a folder, and one alone has none of its own`, () => {
    const folders = new Map<string, number>();
    for (const { path } of sources) {
      const folder = posix.dirname(path);
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    const isLast = (folder: string): boolean =>
      ![...folders.keys()].some((other) => other.startsWith(`${folder}/`));
    const odd = [...folders].filter(
      ([folder, count]) => count > MOST_FILES || (count === 1 && isLast(folder)),
    );
    expect(odd).toEqual([]);
  });
});
