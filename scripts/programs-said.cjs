/**
 * The environment of each test file: a test that fails tells what the programs said that it has run. A comparison of exit
 * codes shows two numbers, and the reason is in what was written. test/e2e/run.ts puts each program on the list.
 */
const { TestEnvironment } = require('jest-environment-node');

/** Where the list is in the test's own globals: `{ commandLine, ended, said }`, the latter two functions. */
const PROGRAMS = Symbol.for('the programs that a test has run');
/** The last ones: a test may run dozens, and the one that it fails by is near the end. */
const SHOWN = 5;
/** Characters of each, from its end. */
const SAID = 2_000;
/** What a simulator says to export: its password is for this run alone, and belongs in no log all the same. */
const PASSWORD = /(PASSWORD=)\S+/g;

module.exports = class ProgramsSaid extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global[PROGRAMS] = [];
  }

  handleTestEvent({ name, test }) {
    if (name !== 'test_done') return;
    const programs = this.global[PROGRAMS];
    if (test.errors.length > 0 && programs.length > 0)
      test.errors.push(asError(textOf(programs.slice(-SHOWN))));
    // What still runs, as a simulator for all tests of the file, may have to do with the next failure too.
    programs.splice(0, Infinity, ...programs.filter(({ ended }) => ended() === undefined));
  }
};

/** An error that jest shows without lines about where it was made. */
function asError(text) {
  const error = new Error(text);
  error.stack = text;
  return error;
}

function textOf(programs) {
  const texts = programs.map(({ commandLine, ended, said }) => {
    const lines = said().replace(PASSWORD, '$1…').trimEnd().slice(-SAID).split('\n');
    return [`$ ${commandLine} (${ended() ?? 'runs'})`, ...lines.map((line) => `  ${line}`)].join('\n');
  });
  return ['What the programs said:', ...texts].join('\n');
}
