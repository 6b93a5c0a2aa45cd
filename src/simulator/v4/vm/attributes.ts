import { isSeedDrive, seedDrive } from '../../core/vm/disks.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { Answer } from '../../http/route.js';
import { requestBody } from '../message/request-body.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { attributesBody, categoriesBody, ownerBody } from './bodies.js';
import { changeOfVm } from './change.js';
import { checkCustomization } from './create-checks.js';
import { customizationBody } from './device-bodies.js';
import { referenceNotFound } from './failures.js';
import { machineId } from '../message/new-entity.js';
import { customizationOf } from './options.js';
import { addCategories, checkedCategories, removeCategories } from './references.js';

/** POST vms/{extId}/$actions/associate-categories and disassociate-categories. */
export function changeCategories(world: V4World, call: V4Call, isAdded: boolean): Answer {
  const { categories } = requestBody(world, call, categoriesBody);
  return changeOfVm(world, call, {
    operation: isAdded ? 'AssociateCategories' : 'DisassociateCategories',
    run: (vm) => {
      const pairs = checkedCategories(world, categories);
      if (isAdded) addCategories(vm, pairs);
      else removeCategories(vm, pairs);
    },
  });
}

/** POST vms/{extId}/$actions/add-custom-attributes and remove-custom-attributes. */
export function changeAttributes(world: V4World, call: V4Call, isAdded: boolean): Answer {
  const { customAttributes } = requestBody(world, call, attributesBody);
  return changeOfVm(world, call, {
    operation: isAdded ? 'AddVmCustomAttributes' : 'RemoveVmCustomAttributes',
    run: (vm) => {
      const others = (vm.config.setup.attributes ?? []).filter((text) => !customAttributes.includes(text));
      const attributes = isAdded ? [...others, ...customAttributes] : others;
      vm.config = { ...vm.config, setup: { ...vm.config.setup, attributes } };
    },
  });
}

/** POST vms/{extId}/$actions/assign-owner. */
export function assignOwner(world: V4World, call: V4Call): Answer {
  const { owner } = requestBody(world, call, ownerBody);
  return changeOfVm(world, call, {
    operation: 'AssignVmOwner',
    run: (vm) => {
      const user = world.users.find(({ uuid }) => uuid === owner.extId);
      if (user === undefined) throw referenceNotFound('user', owner.extId);
      vm.owner = { uuid: user.uuid, name: user.username };
    },
  });
}

/** POST vms/{extId}/$actions/customize-guest: a guest hears of it at its next boot. */
export function customizeGuest(world: V4World, call: V4Call): Answer {
  const body = requestBody(world, call, customizationBody);
  return changeOfVm(world, call, {
    operation: 'CustomizeGuestVm',
    run: (vm) => {
      const customization = customizationOf(body);
      checkCustomization(world, { customization });
      vm.config = { ...vm.config, customization, disks: withSeed(vm) };
    },
  });
}

/** The drive that carries user data: the one that is there, or a new one. */
function withSeed({ config }: VmRecord): VmRecord['config']['disks'] {
  const { disks, machineType } = config;
  if (disks.some((disk) => isSeedDrive(config, disk))) return disks;
  return [...disks, seedDrive(disks, machineType, machineId)];
}
