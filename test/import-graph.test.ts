import { circlesOf } from './import-graph.js';

const graph = (text: string): Map<string, string[]> =>
  new Map(
    text.split(' ').map((entry) => {
      const [name = '', targets = ''] = entry.split('>');
      return [name, targets.split('').filter((target) => target !== '')];
    }),
  );

describe('circles of a graph', () => {
  test.each([
    ['a>b b>c c>', []],
    ['a>b b>a', ['ab']],
    ['a>b b>c c>a d>a', ['abc']],
    ['a>b b>a c>d d>c', ['ab', 'cd']],
    ['a>bc b>d c>d d>', []],
    ['a>b b>cd c>a d>', ['abc']],
    ['d>a a>b b>c c>b', ['bc']],
    ['a>x', []],
  ])('%s', (text, circles) => {
    expect(circlesOf(graph(text)).map((circle) => circle.join(''))).toEqual(circles);
  });
});
