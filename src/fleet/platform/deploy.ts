import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { filePath } from '../../settings/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import type { FleetContext } from '../context/fleet-context.js';
import { HostLog } from '../context/host-log.js';
import type { Deployment } from '../declaration/schema.js';
import { STACK_NAME } from '../declaration/step-problems.js';
import { machineOf } from './scripts/host-values.js';
import { runOnHost } from './scripts/run-on-host.js';
import { digest } from '../store/fleet-record.js';
import type { Member } from './swarm/members.js';
import { servicesShape } from './swarm/engine.js';

const LIMIT = 300_000;

/** Gives the stacks to the swarm, through the docker of a manager, which understands the whole format. Number of changes. */
export async function deploy(context: FleetContext, manager: Member): Promise<number> {
  let changes = 0;
  for (const deployment of context.fleet.deploy) {
    if (await deployOne(context, manager, deployment)) changes++;
  }
  return changes;
}

async function deployOne(
  context: FleetContext,
  manager: Member,
  { name, file }: Deployment,
): Promise<boolean> {
  const { fleet, record, reporter, stop, logs } = context;
  const attempted = `deploy the stack ${name}`;
  if (!STACK_NAME.test(name)) {
    throw new OperationError({ code: 'invalid-input', attempted, problem: 'a stack cannot have this name' });
  }
  const path = filePath(dirname(fleet.file), file, homedir());
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new OperationError({
      code: 'invalid-input',
      attempted,
      problem: error instanceof Error ? error.message : String(error),
    });
  });
  const filter = encodeURIComponent(JSON.stringify({ label: [`com.docker.stack.namespace=${name}`] }));
  const services = await manager.engine.get(`/services?filters=${filter}`, servicesShape, attempted, stop);
  if (services.length > 0 && record.stack(name) === digest(text)) return false;
  const log = new HostLog(logs, manager.name);
  const deadline = deadlineAfter(LIMIT, attempted, undefined, stop);
  try {
    reporter.step(manager.name, attempted);
    const script = `docker stack deploy --prune -c - ${name}`;
    const options = { signal: deadline.signal, onLine: (line: string) => log.line(line), input: text };
    const { code, output } = await runOnHost(await machineOf(context, manager.name), script, options);
    if (code !== 0) throw new OperationError({ code: 'task-failed', attempted, problem: output.trim() });
    await record.setStack(name, digest(text));
    reporter.note(`the stack ${name} is deployed (${manager.name})`);
    return true;
  } finally {
    deadline.clear();
    await log.close();
  }
}
