import { OperationError } from '../support/index.js';

/** Asks the user at the terminal; the question goes to standard error. */
export async function askAtTerminal(question: string, signal: AbortSignal): Promise<string> {
  return await answerTo(question, signal, { isShown: true });
}

/** The same; what is typed is not shown. */
export async function askSecretAtTerminal(question: string, signal: AbortSignal): Promise<string> {
  try {
    return await answerTo(question, signal, { isShown: false });
  } finally {
    process.stderr.write('\n');
  }
}

async function answerTo(
  question: string,
  signal: AbortSignal,
  { isShown }: { readonly isShown: boolean },
): Promise<string> {
  // Loaded here: the plugin, whose start is to be short, never asks.
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({
    input: process.stdin,
    output: isShown ? process.stderr : nowhere,
    // For a secret in any case: so readline and not the kernel decides what is shown.
    terminal: isShown ? process.stderr.isTTY : true,
  });
  // A terminal that readline works on sends no signal for Ctrl-C.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<never>((_, reject) => {
    terminal.once('close', () => reject(unanswered('the input ended before the answer (Ctrl-D)')));
  });
  try {
    // Only now: what is typed as soon as the question is there must not be shown either.
    if (!isShown) process.stderr.write(question);
    return await Promise.race([terminal.question(isShown ? question : '', { signal }), ended]);
  } catch (error) {
    // What is said of it must not stand behind the question.
    if (isShown) process.stderr.write('\n');
    throw signal.aborted ? unanswered('interrupted before the answer', error) : error;
  } finally {
    terminal.close();
  }
}

function unanswered(problem: string, cause?: unknown): OperationError {
  return new OperationError({ code: 'cancelled', attempted: 'ask at the terminal', problem, cause });
}
