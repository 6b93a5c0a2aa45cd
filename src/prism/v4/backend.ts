import type { ApiParts } from '../shared/index.js';
import type { V4Api } from './api.js';

/** What all operations of this back end share. */
export interface V4Backend extends Omit<ApiParts, 'http' | 'spokenApi'> {
  readonly api: V4Api;
  /** Creates under way in this process: VM id -> task id. */
  readonly creating: Map<string, string>;
}
