export { sshd } from './sshd.js';
export { openConsole } from './console.js';
