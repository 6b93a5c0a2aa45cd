import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { parseDocument } from 'yaml';
import { filePath, requestedHost, type RequestedHost } from '../../settings/index.js';
import { OperationError, systemCode } from '../../support/index.js';
import type { Environment } from '../../settings/index.js';
import type { Fleet, HostDeclaration } from '../declaration/fleet.js';
import { flagNamedIn, type FileProblem } from '../declaration/problem.js';
import { findPluginProgram } from '../declaration/plugin-program.js';
import type { Problem } from './not-ready.js';

/** What the declared hosts ask for, and what is wrong with it here. */
export interface Requests {
  readonly hosts: readonly { readonly host: HostDeclaration; readonly request: RequestedHost }[];
  readonly problems: readonly Problem[];
}

/** Reads the files that hosts name: user-data, keys, authorities, credentials. `environment`: with the file's secrets. */
export async function readRequests(
  fleet: Fleet,
  environment: Environment,
  longestUserData?: number,
): Promise<Requests> {
  const hosts = await Promise.all(
    fleet.hosts.map(async (host) => {
      const request = await requestedHost(host.name, host.flags, environment, longestUserData);
      return { host, request };
    }),
  );
  const problems = hosts.flatMap(({ host, request }) =>
    request.problems.map((text) => placed(fleet, host, text, flagNamedIn(text))),
  );
  return { hosts, problems };
}

/** A problem at the flag of the file that it is about; without a place when the environment says it. */
export function placed(fleet: Fleet, host: HostDeclaration, text: string, flag: string | undefined): Problem {
  const origin = flag === undefined ? undefined : host.origins.get(flag);
  if (origin !== undefined) return fleet.problemAt(origin, text);
  return flag === undefined ? fleet.problemAt(host.at, text) : text;
}

/** Variables that steps name and that are not set. */
export function variableProblems({ install, problemAt }: Fleet, environment: Environment): FileProblem[] {
  return install.flatMap(({ name, environment: variables = [] }, step) =>
    variables.flatMap((variable, index) =>
      environment[variable] === undefined
        ? [
            problemAt(
              ['install', step, 'environment', index],
              `the environment variable ${variable} is not set, and the step ${name} needs it`,
            ),
          ]
        : [],
    ),
  );
}

/** Files that steps read and that cannot be read. */
export async function inputFileProblems({ file, install, problemAt }: Fleet): Promise<FileProblem[]> {
  const each = await Promise.all(
    install.map(async ({ name, input }, index) => {
      if (input === undefined) return [];
      const path = filePath(dirname(file), input, homedir());
      const reason = await access(path, constants.R_OK).then(() => undefined, systemCode);
      const text = `the file ${path} cannot be read (${reason ?? ''}), and the step ${name} needs it`;
      return reason === undefined ? [] : [problemAt(['install', index, 'input'], text)];
    }),
  );
  return each.flat();
}

/** What is missing of the volume plugin: its account's secret, its executable. */
export async function volumePluginProblems(
  { volumes, problemAt }: Fleet,
  environment: Environment,
): Promise<FileProblem[]> {
  if (volumes === undefined) return [];
  const { variable, at } = volumes.account;
  const notSet =
    (environment[variable] ?? '') === ''
      ? [
          problemAt(
            ['volumes', at],
            `the environment variable ${variable} is not set, and the volume plugin needs it`,
          ),
        ]
      : [];
  const found = await findPluginProgram(volumes);
  const missing = 'problem' in found ? [problemAt(['volumes', 'program'], found.problem)] : [];
  return [...notSet, ...missing];
}

/** Stack files that cannot be read or are no YAML. */
export async function stackProblems({ file, deploy, problemAt }: Fleet): Promise<FileProblem[]> {
  const each = await Promise.all(
    deploy.map(async ({ file: named }, index) => {
      const problem = await stackProblem(filePath(dirname(file), named, homedir()));
      return problem === undefined ? [] : [problemAt(['deploy', index, 'file'], problem)];
    }),
  );
  return each.flat();
}

async function stackProblem(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.trim() === '') return `the stack file ${path} is empty`;
    // docker itself says what else may be wrong; a key that is there twice is no fault for it.
    const { errors } = parseDocument(text, { uniqueKeys: false });
    const [first] = errors;
    return first === undefined ? undefined : `the stack file ${path} is no YAML: ${first.message}`;
  } catch (error) {
    const reason = systemCode(error) ?? OperationError.from(error, 'read a stack file').problem;
    return `the stack file ${path} cannot be read (${reason})`;
  }
}
