import { accepted, type Answer } from '../../http/route.js';
import { ownerReference, referenceTo, singleValues } from '../references.js';
import type { VmRecord } from '../../core/store/vm-record.js';
import type { World } from '../../core/world.js';

/**
 * 202 of a create or an update: the request's spec comes back as it was sent, and `task_uuid` is a string. Of the
 * metadata that was sent nothing is repeated: `spec_version` is 0 whatever it is (recorded from pc.2024.3).
 */
export function acceptedIntent(
  world: World,
  vm: VmRecord,
  { spec, task, mapped = vm.usesCategoriesMapping }: { spec: unknown; task: string; mapped?: boolean },
): Answer {
  return accepted({
    metadata: {
      use_categories_mapping: mapped,
      kind: 'vm',
      spec_version: 0,
      uuid: vm.uuid,
      ...(world.version.judgesInTask ? {} : ownership(world, vm)),
    },
    api_version: '3.1',
    spec,
    status: { state: 'PENDING', execution_context: { task_uuid: task } },
  });
}

function ownership(world: World, vm: VmRecord): Record<string, unknown> {
  const project = vm.projectUuid;
  return {
    ...(project === undefined
      ? {}
      : { project_reference: referenceTo('project', project, world.store.projects.get(project)) }),
    owner_reference: ownerReference(vm),
    categories: singleValues(vm.categories),
  };
}
