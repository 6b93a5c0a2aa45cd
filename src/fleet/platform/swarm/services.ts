import { z } from 'zod';
import type { EngineClient } from './engine.js';

const serviceShape = z.looseObject({
  ID: z.string(),
  Spec: z.looseObject({
    Name: z.string().default(''),
    Mode: z.looseObject({ Replicated: z.unknown(), Global: z.unknown() }).partial().default({}),
  }),
  /** Present because it is asked for; Docker 20.10 and later. */
  ServiceStatus: z
    .looseObject({ RunningTasks: z.number().default(0), DesiredTasks: z.number().default(0) })
    .nullish(),
});
const servicesShape = z.array(serviceShape);
type Service = z.infer<typeof serviceShape>;

const tasksShape = z.array(
  z.looseObject({
    ServiceID: z.string().default(''),
    NodeID: z.string().default(''),
    DesiredState: z.string().default(''),
    Status: z
      .looseObject({ State: z.string().default(''), Err: z.string().default('') })
      .default({ State: '', Err: '' }),
  }),
);
export type SwarmTask = z.infer<typeof tasksShape>[number];

/** States of a task in which something of it is, or may be, on its node. */
const ALIVE = ['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'];

/** Services, other than jobs, of which fewer tasks run than shall. */
async function incomplete(engine: EngineClient, signal: AbortSignal): Promise<Service[]> {
  const all = await engine.get('/services?status=true', servicesShape, 'list the services', signal);
  return all.filter(({ Spec: { Mode }, ServiceStatus }) => {
    const { RunningTasks = 0, DesiredTasks = 0 } = ServiceStatus ?? {};
    return (Mode.Replicated !== undefined || Mode.Global !== undefined) && RunningTasks < DesiredTasks;
  });
}

/** What of the services does not run yet; undefined = all of it runs. */
export async function serviceProblem(engine: EngineClient, signal: AbortSignal): Promise<string | undefined> {
  const [first] = await incomplete(engine, signal);
  return first === undefined ? undefined : textOf(first);
}

/** The same without services that the scheduler finds no node for: waiting does not help them. */
export async function placeableProblem(
  engine: EngineClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  const services = await incomplete(engine, signal);
  if (services.length === 0) return undefined;
  const tasks = await engine.get('/tasks', tasksShape, 'list the tasks', signal);
  const first = services.find(({ ID }) => !isStuck(tasks.filter(({ ServiceID }) => ServiceID === ID)));
  return first === undefined ? undefined : textOf(first);
}

/** Whether all tasks of a service that do not run wait for a node that does not exist now. */
export function isStuck(tasks: readonly SwarmTask[]): boolean {
  const missing = tasks.filter(
    ({ DesiredState, Status }) => DesiredState === 'running' && Status.State !== 'running',
  );
  return missing.length > 0 && missing.every(({ Status }) => Status.State === 'pending' && Status.Err !== '');
}

/** How many tasks are still on a node. */
export async function tasksOn(engine: EngineClient, node: string, signal: AbortSignal): Promise<number> {
  const filter = encodeURIComponent(JSON.stringify({ node: [node] }));
  const tasks = await engine.get(`/tasks?filters=${filter}`, tasksShape, 'list the tasks of a node', signal);
  return tasks.filter(({ NodeID, Status }) => NodeID === node && ALIVE.includes(Status.State)).length;
}

function textOf({ Spec, ServiceStatus }: Service): string {
  const { RunningTasks = 0, DesiredTasks = 0 } = ServiceStatus ?? {};
  return `the service ${Spec.Name} runs ${RunningTasks} of ${DesiredTasks} tasks`;
}
