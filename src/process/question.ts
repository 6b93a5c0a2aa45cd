/** Asks the user at the terminal; what it prints goes to standard error. Rejects when the signal is aborted. */
export async function askUser(question: string, signal: AbortSignal): Promise<string> {
  // Loaded here: the plugin, whose start is to be short, never asks.
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}
