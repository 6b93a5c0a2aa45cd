import { OperationError } from '../../support/index.js';

/** The version of Prism Central that is played, as far as behaviour depends on it. */
export interface PcVersion {
  /** As X-Ntnx-Product says it, e.g. `pc.2024.3.0.1`, or `5.10.3` for a version from before that header. */
  readonly text: string;
  /**
   * From pc.2022.1 on: POST, PUT and DELETE are accepted first and judged by their task; answers to a create
   * echo no owner, project or categories; a failed create leaves nothing to GET.
   */
  readonly judgesInTask: boolean;
  /** Answers with IAMv2 session cookies and a product header through envoy. */
  readonly iamV2: boolean;
}

export const DEFAULT_PC_VERSION = 'pc.2024.3.0.1';

/**
 * Whether it is this release (e.g. `pc.7.3`) or a later one: first come 5 and 6, then the years, then the product's
 * numbering from `pc.7.3` on.
 */
export function isFrom(version: PcVersion, release: string): boolean {
  const [own, other] = [orderOf(version.text), orderOf(release)];
  const differing = other.findIndex((part, index) => part !== own[index]);
  return differing === -1 || (own[differing] ?? 0) > (other[differing] ?? 0);
}

function orderOf(text: string): number[] {
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(text)?.[0] ?? '').split('.').map(Number);
  const numbering = !text.startsWith('pc.') ? 0 : major >= 2000 ? 1 : 2;
  return [numbering, major, minor];
}

/** Rejects with OperationError `invalid-input`. `pc.7.3` and later follow the years in the product's numbering. */
export function parsePcVersion(text: string): PcVersion {
  const modern = /^pc\.(\d+)\.(\d+)/.exec(text);
  if (modern !== null) {
    const [major, minor] = [Number(modern[1]), Number(modern[2])];
    const afterYears = major < 2000;
    return {
      text,
      judgesInTask: afterYears || major > 2022 || (major === 2022 && minor >= 1),
      iamV2: afterYears || major >= 2022,
    };
  }
  if (/^[56]\.\d+/.test(text)) return { text, judgesInTask: false, iamV2: false };
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the Prism Central version',
    problem: `"${text}" is not a version`,
    advice: 'Give one like pc.2024.3, pc.2021.9, pc.7.3 or 5.20.',
  });
}
