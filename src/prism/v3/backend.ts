import type { ApiParts } from '../shared/index.js';
import type { V3Api } from './api.js';

/** What all operations of this back end share. */
export interface V3Backend extends Omit<ApiParts, 'http'> {
  readonly api: V3Api;
  /** Creates under way in this process: VM id -> task id. */
  readonly creating: Map<string, string>;
  /** Whether this server reads `.*` in a filter for names as a pattern; undefined until an answer has shown it. */
  readonly namePatterns: { areRead: boolean | undefined };
}
