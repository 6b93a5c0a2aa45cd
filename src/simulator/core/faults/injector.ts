import type { PcVersion } from '../pc-version.js';
import { Refusal, type RefusalFacts } from '../refusal.js';
import type { TaskFault } from '../task-engine.js';
import { parseFaultRules, type FaultRule, type FaultRuleInput, type GuestFault } from './fault-rule.js';
import { RuleState, type Target } from './rule-state.js';

/** An answer that a rule spells out. */
export interface SpoiltAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What all rules together make of one request. */
export interface Strike {
  readonly names: readonly string[];
  readonly delay: number;
  readonly hang: boolean;
  readonly expireSessions: boolean;
  readonly guest: GuestFault;
  readonly task: TaskFault | undefined;
  /** The answer instead of the true one; a Refusal is answered in the words of the API that was asked. */
  readonly answer: SpoiltAnswer | Refusal | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The request is carried out although `answer` replaces its own. */
  readonly carriedOut: boolean;
  readonly absent: 404 | 410 | 503 | undefined;
  /** Names in lower case. */
  readonly strippedFromRequest: readonly string[];
  readonly strippedFromAnswer: readonly string[];
  readonly hidden: readonly string[];
  /** Reads that show the state before a change; 0 = none. */
  readonly lag: number;
  readonly changedMeanwhile: boolean;
  readonly forgetsRequests: boolean;
  /** Bytes of the body before the connection breaks; 'half' of it; undefined = whole. */
  readonly cut: number | 'half' | undefined;
}

/** The fault rules of one simulator. */
export class Injector {
  readonly #version: PcVersion;
  #rules: RuleState[] = [];

  constructor(version: PcVersion) {
    this.#version = version;
  }

  /** Throws OperationError `invalid-input`. A rule of the same name is replaced. */
  add(rules: FaultRuleInput | readonly FaultRuleInput[], source = 'code'): void {
    for (const rule of parseFaultRules(rules, source)) {
      this.remove(rule.name);
      this.#rules.push(new RuleState(rule));
    }
  }

  remove(name: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter(({ rule }) => rule.name !== name);
    return this.#rules.length < before;
  }

  clear(): void {
    this.#rules = [];
  }

  list(): (FaultRule & { readonly struck: number })[] {
    return this.#rules.map((state) => ({ ...state.rule, struck: state.struck }));
  }

  strike(target: Target): Strike {
    const struck = this.#rules.filter((state) => state.strikes(target)).map(({ rule }) => rule);
    const effects = struck.map((rule) => rule.do);
    const conflict = effects.some((one) => one.conflict === true);
    const answering = effects.find((one) => one.status !== undefined);
    const cutting = effects.find((one) => one.half === true || one.resetAfter !== undefined);
    const effect = (answering ?? cutting)?.effect ?? (answering === undefined ? 'done' : 'none');
    return {
      names: struck.map((rule) => rule.name),
      delay: effects.reduce((sum, one) => sum + (one.delay ?? 0), 0),
      hang: effects.some((one) => one.hang === true),
      expireSessions: effects.some((one) => one.expireSessions === true),
      guest: {
        ignoresAcpi: effects.some((one) => one.guestIgnoresAcpi === true),
        addressChange: effects.find((one) => one.addressChanges !== undefined)?.addressChanges,
        linkLocalFirst: effects.some((one) => one.linkLocalFirst === true),
      },
      task: taskFault(effects.find((one) => one.task !== undefined)?.task) ?? this.#conflictTask(conflict),
      answer: answering === undefined ? this.#conflictAnswer(conflict) : spoiltAnswer(answering),
      headers: Object.fromEntries(effects.flatMap((one) => Object.entries(one.headers ?? {}))),
      carriedOut: effect === 'done',
      absent: effects.find((one) => one.absent !== undefined)?.absent,
      strippedFromRequest: effects.flatMap((one) => lowerCase(one.strip?.request)),
      strippedFromAnswer: effects.flatMap((one) => lowerCase(one.strip?.answer)),
      hidden: effects.flatMap((one) => one.hide ?? []),
      lag: Math.max(0, ...effects.map((one) => one.lag ?? 0)),
      changedMeanwhile: effects.some((one) => one.changedMeanwhile === true),
      forgetsRequests: effects.some((one) => one.forgetsRequests === true),
      cut: cutting?.half === true ? 'half' : cutting?.resetAfter,
    };
  }

  #conflictTask(conflict: boolean): TaskFault | undefined {
    if (!conflict || !this.#version.judgesInTask) return undefined;
    return {
      outcome: 'failed',
      effect: 'none',
      failure: editConflict({ sent: '1', current: '2' }),
    };
  }

  #conflictAnswer(conflict: boolean): Refusal | undefined {
    return conflict && !this.#version.judgesInTask ? new Refusal(editConflict()) : undefined;
  }
}

function spoiltAnswer({ status = 500, body }: FaultRule['do']): SpoiltAnswer | Refusal {
  if (body !== undefined) return { status, body };
  return new Refusal({ code: 'injected-answer', status, message: 'Injected by a fault rule.' });
}

function lowerCase(names: readonly string[] = []): string[] {
  return names.map((name) => name.toLowerCase());
}

function taskFault(fault: FaultRule['do']['task']): TaskFault | undefined {
  if (fault === undefined) return undefined;
  const { outcome, effect, errorCode, errorDetail } = fault;
  return { outcome, effect, failure: { code: 'injected-failure', errorCode, message: errorDetail } };
}

function editConflict(compared?: { readonly sent: string; readonly current: string }): RefusalFacts {
  return { code: 'edit-conflict', entityType: 'vm', compared, message: 'the VM was changed meanwhile' };
}
