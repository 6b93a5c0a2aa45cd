export { sshd } from './sshd.js';
