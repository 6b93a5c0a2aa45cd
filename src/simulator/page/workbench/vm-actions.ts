import { Refusal } from '../../core/refusal.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import { NO_GUEST_FAULT, powerOff, powerOn, requestShutdown, reset } from '../../core/vm/power.js';
import { removeVm } from '../../core/vm/removal.js';
import type { World } from '../../core/world.js';
import type { ActionButton } from './workbench-shape.js';

interface VmAction extends Omit<ActionButton, 'action' | 'fits'> {
  readonly operation: string;
  /** In which state it can be done; absent = in any. */
  readonly of?: VmRecord['power'];
  readonly perform: (world: World, vm: VmRecord) => void | Promise<void>;
}

/** What another user does in Prism while a client is not looking. */
const ACTIONS: Readonly<Record<string, VmAction>> = {
  'power-on': {
    title: 'Power on',
    words: 'The guest boots, with the same disks and addresses.',
    final: false,
    operation: 'PowerOnVm',
    of: 'OFF',
    perform: (world, vm) => powerOn(world, vm, NO_GUEST_FAULT),
  },
  shutdown: {
    title: 'Shut down',
    words: 'Presses the ACPI power button: the guest ends in order, if it obeys.',
    final: false,
    operation: 'ShutdownVm',
    of: 'ON',
    perform: requestShutdown,
  },
  'power-off': {
    title: 'Power off',
    words: 'Takes the power away at once, as when a host dies.',
    final: false,
    operation: 'PowerOffVm',
    of: 'ON',
    perform: powerOff,
  },
  reset: {
    title: 'Reset',
    words: 'Presses the reset button: hard off, and on again.',
    final: false,
    operation: 'ResetVm',
    of: 'ON',
    perform: reset,
  },
  delete: {
    title: 'Delete behind the back',
    words: 'Removes the VM with its disks and addresses; docker-machine is not told.',
    final: true,
    operation: 'DeleteVm',
    perform: removeVm,
  },
};

export function actionButtons(vm: VmRecord): ActionButton[] {
  return Object.entries(ACTIONS).map(([action, { title, words, final, of }]) => ({
    action,
    title,
    words,
    final,
    fits: vm.made && !vm.deleting && (of === undefined || of === vm.power),
  }));
}

/** Starts the task; false = there is no such action. */
export function startVmAction(world: World, vm: VmRecord, action: string): boolean {
  const wanted = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (wanted === undefined) return false;
  const { operation, of, final, perform } = wanted;
  world.tasks.start({
    operation,
    entities: [{ kind: 'vm', uuid: vm.uuid, name: vm.name }],
    owner: ownerOf(world),
    lane: vm.uuid,
    queue: 0,
    duration: 0,
    onRunning: () => {
      if (final) vm.deleting = true;
    },
    run: async (task) => {
      vm.taskUuids = [task.uuid];
      if (!world.store.vms.has(vm.uuid)) throw Refusal.notFound('vm', vm.uuid);
      if (of !== undefined && vm.power !== of) throw wrongPower(vm, of);
      await perform(world, vm);
      vm.revision += 1;
      vm.updatedAt = world.time.now();
      task.clusterUuid = vm.clusterUuid;
    },
    onFailure: () => {
      vm.deleting = false;
    },
  });
  return true;
}

function ownerOf({ users: [first] }: World): { readonly uuid: string; readonly name: string } | undefined {
  return first && { uuid: first.uuid, name: first.username };
}

function wrongPower({ name }: VmRecord, of: VmRecord['power']): Refusal {
  const message = `VM ${name} is not powered ${of.toLowerCase()}`;
  return new Refusal({ code: 'bad-request', status: 422, message });
}
