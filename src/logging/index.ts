/** Log lines, where they go, and the redactor that keeps secrets out of them. */
export { oneLine } from './line-text.js';
export { Backlog, type LineSink } from './line-sink.js';
export { standardSink } from './output.js';
export { PluginLog } from './plugin-log.js';
export { Redactor } from './redactor.js';
