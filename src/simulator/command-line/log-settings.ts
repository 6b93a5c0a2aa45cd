export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;

export interface LogSettings {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `text`: time, level and line, for people; `json`: one object a line, for programs that collect logs. */
  readonly format: (typeof LOG_FORMATS)[number];
}
