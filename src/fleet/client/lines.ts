/** A process that never ends its line must not fill the memory. Characters. */
const LONGEST = 64 * 1024;

/** Cuts a stream into lines. */
export class LineReader {
  #rest = '';

  constructor(readonly take: (line: string) => void) {}

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?=.)/s);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.take(line.replace(/\r$/, ''));
    if (this.#rest.length > LONGEST) this.end();
  }

  /** What is left counts as a line. */
  end(): void {
    if (this.#rest !== '') this.take(this.#rest);
    this.#rest = '';
  }
}

/** What a line of the client means for a user who watches many hosts. First match counts. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/Running pre-create checks/i, 'checking'],
  [/Creating machine\.\.\./i, 'creating the VM'],
  [/Waiting for machine to be running/i, 'waiting for the VM'],
  [/Detecting operating system/i, 'looking at the system'],
  [/Waiting for SSH/i, 'waiting for SSH'],
  [/Detecting the provisioner/i, 'looking at the system'],
  [/Provisioning with/i, 'installing Docker'],
  [/Installing Docker/i, 'installing Docker'],
  [/Copying certs to the local/i, 'making its certificates'],
  [/Copying certs to the remote/i, 'copying certificates'],
  [/Setting Docker configuration/i, 'configuring Docker'],
  [/Checking connection to Docker/i, 'asking Docker'],
  [/Docker is up and running/i, 'Docker runs'],
  [/Successfully removed/i, 'removed'],
];

const TASK = /^task (?:[\w+/]*={0,2}:)?[\da-f-]{36} \((.+)\): (?:RUNNING )?(.*)$/;
const ID = / \([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\)/g;

/** The step that begins with this line; the driver's own lines, `(host) …`, are steps, without ids: the log has them. */
export function stepOf(line: string): string | undefined {
  const own = /^\([^)]+\) (?!DBG|OUT)(.{1,200})/.exec(line)?.[1]?.trim();
  return (
    STEPS.find(([pattern]) => pattern.test(line))?.[1] ?? own?.replace(TASK, '$1: $2').replaceAll(ID, '')
  );
}
