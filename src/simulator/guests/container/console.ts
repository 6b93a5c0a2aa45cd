import type { Container } from 'dockerode';

const LINES = 5;
// eslint: control characters are what is looked for.
const ESCAPES = new RegExp(String.raw`\u001b\[[0-9;?]*[A-Za-z]|[^\P{C}\n]`, 'gu');

/** The end of what a guest wrote to its console, on one line; says so when it cannot be had. */
export async function lastConsoleLines(container: Container): Promise<string> {
  try {
    const text = await container.logs({ stdout: true, stderr: true, tail: 10 * LINES });
    return plainLines(text.toString('utf8')) || 'nothing';
  } catch {
    return 'not to be had';
  }
}

/** Without colours and progress bars; the last lines that say something. */
export function plainLines(text: string): string {
  const lines = text.replace(ESCAPES, '').split('\n');
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said.slice(-LINES).join(' | ');
}
