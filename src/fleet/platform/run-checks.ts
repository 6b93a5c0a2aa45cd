import { openTcp } from '../../guest/index.js';
import { OperationError, poll, type Probed } from '../../support/index.js';
import type { FleetContext } from '../context/fleet-context.js';
import type { Row } from '../context/reporter.js';
import { foreignHosts, type ForeignHosts } from '../hosts/ownership/ownership.js';
import { FIRST_HOST } from '../declaration/step-problems.js';
import { selectHosts, type HostDeclaration } from '../declaration/fleet.js';
import type { Check, Selection } from '../declaration/schema.js';
import { machineOf, scopesFor } from './scripts/host-values.js';
import { fillIn } from '../declaration/placeholders.js';
import { runOnHost } from './scripts/run-on-host.js';

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** What was found when it does not hold; else `ok`. */
  readonly text: string;
}

/** A check as a row: in words for users, for programs whether it holds, and if not, why. */
export function checkRow({ name, ok, text }: CheckResult): Row {
  return {
    check: name,
    result: { shown: text, name: 'ok', value: ok },
    problem: ok ? undefined : { shown: '', name: 'problem', value: text },
  };
}

const PAUSE = 1000;
/** One attempt may take so long, ms. */
const ATTEMPT = 10_000;
const LONGEST_BODY = 1024 * 1024;

export interface CheckOptions {
  /** True = a check is repeated until it holds or its deadline is over; false = it is made once. */
  readonly patient: boolean;
  /** By name, hosts that cannot answer, and why: their checks fail at once. */
  readonly away?: ReadonlyMap<string, string>;
}

/** Every check, at the same time. */
export async function runChecks(context: FleetContext, options: CheckOptions): Promise<CheckResult[]> {
  const { checks } = context.fleet;
  const foreign = await foreignHosts(context);
  return await Promise.all(checks.map((check) => runCheck(context, check, { ...options, foreign })));
}

interface Conditions extends CheckOptions {
  /** Hosts that this tool did not make: a command would run there with all rights of the machine's user. */
  readonly foreign: ForeignHosts;
}

async function runCheck(
  context: FleetContext,
  check: Check,
  { patient, away = new Map(), foreign }: Conditions,
): Promise<CheckResult> {
  const { clock, stop } = context;
  const barred = 'command' in check ? barredFrom(context, check.command.on, foreign) : undefined;
  if (barred !== undefined) return { name: check.name, ok: false, text: barred };
  const until = clock.now() + (patient ? check.deadline * 1000 : 0);
  let text: string | undefined;
  const attempt = async (): Promise<Probed<undefined>> => {
    text = await problemOf(context, check, away);
    const isOver = text === undefined || clock.now() + PAUSE > until || stop.aborted;
    return isOver ? { ready: true, value: undefined } : { ready: false };
  };
  await poll(attempt, { clock, signal: stop, delays: () => PAUSE }).catch((error: unknown) => {
    // What was found last is the result of a check that the user has ended.
    if (!stop.aborted) throw error;
  });
  return { name: check.name, ok: text === undefined, text: text ?? 'ok' };
}

/** Why a command is run nowhere; undefined = it may be run on every host that it is meant for. */
function barredFrom({ fleet }: FleetContext, on: Selection, foreign: ForeignHosts): string | undefined {
  const names = selectHosts(fleet.hosts, on)
    .map(({ name }) => name)
    .filter((name) => foreign.has(name));
  return names.length === 0
    ? undefined
    : `not run: this tool runs no command on ${names.join(', ')}, which it did not make`;
}

async function problemOf(
  context: FleetContext,
  check: Check,
  away: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  type Probe = (host: HostDeclaration) => Promise<string | undefined>;
  const ifThere = (probe: Probe): Probe => {
    return async (host) => away.get(host.name) ?? (await probe(host));
  };
  try {
    if ('tcp' in check) {
      const { on, port } = check.tcp;
      return await eachHost(
        context,
        on,
        ifThere((host) => tcp(context, host, port)),
      );
    }
    if ('command' in check) {
      const { on } = check.command;
      return await eachHost(
        context,
        on,
        ifThere((host) => command(context, host, check.command)),
      );
    }
    // Not even the host that a URL is made for need be the one that answers.
    const { http } = check;
    const on = http.on ?? FIRST_HOST;
    return await eachHost(context, on, async (host) => {
      const url = await fillIn(http.url, scopesFor(context, host));
      return await httpProblem(url, http, context.stop);
    });
  } catch (error) {
    return OperationError.from(error, check.name).message;
  }
}

async function eachHost(
  { fleet }: FleetContext,
  on: Selection,
  probe: (host: HostDeclaration) => Promise<string | undefined>,
): Promise<string | undefined> {
  const found = await Promise.all(
    selectHosts(fleet.hosts, on).map(async (host) => {
      const text = await probe(host);
      return text === undefined ? undefined : `${host.name}: ${text}`;
    }),
  );
  const problems = found.filter((text) => text !== undefined);
  return problems.length === 0 ? undefined : problems.join('; ');
}

async function tcp(context: FleetContext, host: HostDeclaration, port: number): Promise<string | undefined> {
  const { address } = await machineOf(context, host.name);
  return await tcpProblem(address, port, context.stop);
}

/** Why no connection comes about; undefined = it does. */
export async function tcpProblem(
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const attempt = await openTcp(address, port, signal, ATTEMPT);
  if (attempt.state !== 'connected') return `port ${port}: ${attempt.seen}`;
  attempt.socket.destroy();
  return undefined;
}

interface HttpExpectation {
  readonly status: number;
  readonly contains?: string | undefined;
}

export async function httpProblem(
  url: string,
  { status, contains }: HttpExpectation,
  stop: AbortSignal,
): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ATTEMPT)]);
    const response = await fetch(url, { signal, redirect: 'manual', headers: { connection: 'close' } });
    const body = (await response.text()).slice(0, LONGEST_BODY);
    if (response.status !== status) return `${url} answers ${response.status}, not ${status}`;
    if (contains !== undefined && !body.includes(contains)) return `${url} does not contain "${contains}"`;
    return undefined;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${url}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

async function command(
  context: FleetContext,
  host: HostDeclaration,
  { run, contains }: { readonly run: string; readonly contains?: string | undefined },
): Promise<string | undefined> {
  const script = await fillIn(run, scopesFor(context, host));
  const signal = AbortSignal.any([context.stop, AbortSignal.timeout(ATTEMPT)]);
  const machine = await machineOf(context, host.name);
  const { code, output } = await runOnHost(machine, script, { signal, onLine: () => undefined });
  if (code !== 0) return `the command ended with status ${code}: ${output.trim().slice(-300)}`;
  if (contains !== undefined && !output.includes(contains))
    return `the output does not contain "${contains}"`;
  return undefined;
}
