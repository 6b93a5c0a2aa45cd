export { ip, ipv6, sshHost, url, vmNotFound } from './addresses.js';
export { configureFromFlags, loadConfig, saveConfig } from './configuration.js';
export { Machine } from './machine.js';
