/** The resident process that serves plugins of one user and one build; launchers (launcher.c) bring them clients. */
export { inheritedClients } from './inherited-clients.js';
export { runAgent, type AgentDependencies } from './run-agent.js';
export { startAgent } from './start-agent.js';
