import { exitWhenPrinted, surviveClosedOutput } from '../../src/process/index.js';

/** A program that prints more than a pipe holds, and ends. */
surviveClosedOutput();
process.stdout.write(`${'x'.repeat(400_000)}\n`);
exitWhenPrinted(3);
process.stderr.write('asked to end\n');
