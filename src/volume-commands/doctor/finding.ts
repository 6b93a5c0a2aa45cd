/** What one check has found. */
export interface DoctorFinding {
  /** What was looked at, e.g. `kernel`. */
  readonly check: string;
  /** `skip` = it does not matter here, or cannot be known. */
  readonly verdict: 'ok' | 'warn' | 'fail' | 'skip';
  readonly found: string;
  /** What to do; a full sentence. Only where there is something to do. */
  readonly advice?: string | undefined;
}

export function ok(check: string, found: string): DoctorFinding {
  return { check, verdict: 'ok', found };
}

export function skipped(check: string, found: string): DoctorFinding {
  return { check, verdict: 'skip', found };
}

export function bad(check: string, verdict: 'warn' | 'fail', found: string, advice: string): DoctorFinding {
  return { check, verdict, found, advice };
}
