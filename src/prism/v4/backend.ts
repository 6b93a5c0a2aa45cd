import type { ApiParts } from '../shared/index.js';
import type { V4Api } from './api.js';

/** What all operations of this back end share. */
export interface V4Backend extends Omit<ApiParts, 'http' | 'spokenApi'> {
  readonly api: V4Api;
  /** Creates of this process: request id -> task. */
  readonly creates: Map<string, KnownCreate>;
}

/** A create whose request was accepted. */
export interface KnownCreate {
  readonly taskId: string;
  /** False while its task may go on. */
  isOver: boolean;
}
