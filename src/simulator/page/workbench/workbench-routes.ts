import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OperationError } from '../../../support/index.js';
import { Refusal } from '../../core/refusal.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import { connectionOf, type ConnectionFacts } from './connection.js';
import { MOST_STRIKES, readyRule } from './fault-buttons.js';
import { reasonToRefuse } from './own-page.js';
import { requestDetails, taskDetails, volumeGroupDetails } from './record-details.js';
import { Terminals } from './terminals.js';
import { startVmAction } from './vm-actions.js';
import { vmDetails } from './vm-details.js';
import type { Seen } from '../view.js';

export interface Workbench extends Seen {
  /** Known as soon as the server listens. */
  connection(): ConnectionFacts;
}

/** What one request types at most. */
const MOST_KEYS = 16 * 1024;

const wantedFault = z.strictObject({
  title: z.string(),
  /** How often it strikes; absent = until it is cleared. */
  times: z.int().min(1).max(MOST_STRIKES).optional(),
});

/**
 * What the page can do besides looking, for its own scripts alone (see `reasonToRefuse`) and without a sign-in.
 *
 *   GET    connection                              what to export, the names that can be used, the faults that are ready
 *   GET    vms/:id  volume-groups/:id  tasks/:id  requests/:id
 *   POST   vms/:id/actions/:action                 a task, as when another user does it in Prism
 *   POST   vms/:id/terminal                        opens one; the answer is what it shows, `X-Terminal` its id
 *   POST   terminals/:id                           the body is typed into it
 *   POST   faults                                  `{ title, times }`
 *   DELETE faults  faults/:name
 */
export function addWorkbench(scope: FastifyInstance, bench: Workbench): void {
  scope.addHook('onRequest', (request, _reply, next) => {
    const reason = reasonToRefuse(request);
    if (reason === undefined) next();
    else
      next(new WorkbenchRefusal(403, `The workbench refuses ${request.method} ${request.url}: ${reason}.`));
  });
  scope.setErrorHandler((error, _request, reply) => {
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(statusOf(error)).send({ message });
  });
  scope.get('/connection', () => connectionOf(bench.world, bench.connection()));
  addDetails(scope, bench);
  addFaults(scope, bench);
  addConsoles(scope, bench);
}

interface ById {
  Params: { id: string };
}

function addDetails(scope: FastifyInstance, bench: Workbench): void {
  const { world, log } = bench;
  const { volumeGroups } = world.store;
  scope.get<ById>('/vms/:id', ({ params: { id } }) => vmDetails(world, vmOf(bench, id)));
  scope.get<ById>('/volume-groups/:id', ({ params: { id } }) => {
    return volumeGroupDetails(world, found(volumeGroups.get(id), `volume group ${id}`));
  });
  scope.get<ById>('/tasks/:id', ({ params: { id } }) => {
    return taskDetails(world, found(world.tasks.get(id), `task ${id}`));
  });
  scope.get<ById>('/requests/:id', ({ params: { id } }) => {
    return requestDetails(bench, found(log.find(Number(id)), `request ${id}`));
  });
  scope.post<{ Params: { id: string; action: string } }>(
    '/vms/:id/actions/:action',
    ({ params: { id, action } }, reply) => {
      const vm = vmOf(bench, id);
      if (!startVmAction(world, vm, action))
        throw new WorkbenchRefusal(404, `There is no action ${action} of a VM.`);
      return reply.code(202).send(vmDetails(world, vm));
    },
  );
}

function addFaults(scope: FastifyInstance, { injector }: Workbench): void {
  scope.post('/faults', (request, reply) => {
    const wanted = wantedFault.safeParse(request.body);
    if (!wanted.success) throw new WorkbenchRefusal(422, `No fault: ${z.prettifyError(wanted.error)}`);
    const { title, times } = wanted.data;
    injector.add(found(readyRule(title, times), `fault "${title}"`), 'the page');
    return reply.code(201).send({});
  });
  scope.delete('/faults', () => {
    injector.clear();
    return {};
  });
  scope.delete<{ Params: { name: string } }>('/faults/:name', ({ params: { name } }) => {
    if (!injector.remove(name)) throw new WorkbenchRefusal(404, `There is no fault rule "${name}".`);
    return {};
  });
}

function addConsoles(scope: FastifyInstance, bench: Workbench): void {
  const terminals = new Terminals();
  scope.post<ById>('/vms/:id/terminal', ({ params: { id } }, reply) => {
    const vm = vmOf(bench, id);
    const guest = bench.world.boots.get(vm.uuid)?.guest;
    if (guest?.openTerminal === undefined)
      throw new WorkbenchRefusal(
        409,
        `VM ${vm.name} has no terminal here: it is off, or its guest is no emulated one.`,
      );
    if (terminals.isFull) throw new WorkbenchRefusal(429, 'Too many terminals are open: close one.');
    return terminals.open(guest.openTerminal.bind(guest), reply);
  });
  scope.post<ById>('/terminals/:id', (request: FastifyRequest<ById>, reply: FastifyReply) => {
    const keys = typeof request.body === 'string' ? request.body : '';
    if (keys.length > MOST_KEYS)
      throw new WorkbenchRefusal(413, `More than ${String(MOST_KEYS)} keys at once.`);
    if (!terminals.type(request.params.id, keys)) throw new WorkbenchRefusal(404, 'This terminal is closed.');
    return reply.code(204).send();
  });
}

function vmOf({ world }: Workbench, id: string): VmRecord {
  return found(world.store.vms.get(id), `VM ${id}`);
}

function found<T>(record: T | undefined, what: string): T {
  if (record === undefined) throw new WorkbenchRefusal(404, `There is no ${what}, or not any more.`);
  return record;
}

/** An answer in words. */
class WorkbenchRefusal extends Error {
  override readonly name = 'WorkbenchRefusal';

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Error && 'statusCode' in error) return Number(error.statusCode);
  if (error instanceof Refusal) return 409;
  return error instanceof OperationError ? 422 : 500;
}
