/** What the program does without a runner: it says what it is, and installs itself. */
export { buildInfo, describeBuild, type BuildDescription } from './build-description.js';
export { explanation, answerCommand, type AskedProgram } from './commands.js';
