import type { Namespace } from '../discovery/index.js';

/**
 * The operation of a role that each request needs, `*` for one segment of a path. The names, as Prism Central shows them
 * in a role, are those that public roles for Kubernetes and storage clients list; where none is known (undefined), a
 * message names the request instead.
 */
const NAMES: Readonly<Partial<Record<Namespace, Readonly<Record<string, string | undefined>>>>> = {
  vmm: {
    'POST /ahv/config/vms': 'Create_New_Virtual_Machine',
    'GET /ahv/config/vms': 'View_Existing_Virtual_Machine',
    'GET /ahv/config/vms/*': 'View_Existing_Virtual_Machine',
    'GET /ahv/config/vms/*/nics': undefined,
    'PUT /ahv/config/vms/*': undefined,
    'DELETE /ahv/config/vms/*': 'Delete_Existing_Virtual_Machine',
    'POST /ahv/config/vms/*/$actions/power-on': 'Power_On_Virtual_Machine',
    'POST /ahv/config/vms/*/$actions/power-off': undefined,
    'POST /ahv/config/vms/*/$actions/shutdown': undefined,
    'POST /ahv/config/vms/*/$actions/reboot': undefined,
    'POST /ahv/config/vms/*/$actions/reset': undefined,
    'GET /content/images': 'View_Image',
    'GET /content/images/*': 'View_Image',
  },
  prism: {
    'GET /config/tasks': 'View_Task',
    'GET /config/tasks/*': 'View_Task',
    'GET /config/categories': 'View_Category',
    'POST /config/categories': 'Create_Category',
    'GET /config/categories/*': 'View_Category',
    'PUT /config/categories/*': 'Update_Category',
    'DELETE /config/categories/*': undefined,
  },
  clustermgmt: {
    'GET /config/clusters': 'View_Cluster',
    'GET /config/storage-containers': 'View_Storage_Container',
    'GET /config/clusters/*/physical-gpu-profiles': 'View_Cluster_Pgpu_Profiles',
    'GET /config/clusters/*/virtual-gpu-profiles': 'View_Cluster_Vgpu_Profiles',
    'GET /stats/storage-containers/*': 'View_Container_Stats',
  },
  networking: {
    'GET /config/subnets': 'View_Subnet',
    'GET /config/subnets/*': 'View_Subnet',
  },
  volumes: {
    'POST /config/volume-groups/*/$actions/detach-vm': 'Detach_Volume_Group_From_AHV_VM',
    'GET /config/volume-groups': 'View_Volume_Group',
    'GET /config/volume-groups/*': 'View_Volume_Group_Details',
    'POST /config/volume-groups': 'Create_Volume_Group',
    'PUT /config/volume-groups/*': 'Update_Volume_Group_Details',
    'DELETE /config/volume-groups/*': 'Delete_Volume_Group',
    'GET /config/volume-groups/*/disks': 'View_Volume_Group_Disks',
    'GET /config/volume-groups/*/disks/*': 'View_Volume_Group_Disks',
    'PUT /config/volume-groups/*/disks/*': 'Update_Volume_Group_Virtual_Disks',
    'GET /config/volume-groups/*/vm-attachments': 'View_Volume_Group_VM_Attachments',
    'GET /config/volume-groups/*/external-iscsi-attachments': 'View_Volume_Group_iSCSI_Attachments',
    'POST /config/volume-groups/*/$actions/attach-vm': 'Attach_Volume_Group_To_AHV_VM',
    'POST /config/volume-groups/*/$actions/attach-iscsi-client':
      'Attach_Volume_Group_To_External_iSCSI_Client',
    'POST /config/volume-groups/*/$actions/detach-iscsi-client':
      'Detach_Volume_Group_From_External_iSCSI_Client',
    'POST /config/volume-groups/*/$actions/associate-category': 'Associate_Volume_Group_Categories',
    'POST /config/volume-groups/*/$actions/disassociate-category': 'Disassociate_Volume_Group_Categories',
    'GET /config/iscsi-clients': 'View_External_iSCSI_Client',
    'GET /config/iscsi-clients/*': 'View_External_iSCSI_Client',
    'PUT /config/iscsi-clients/*': 'Update_External_iSCSI_Client',
  },
  multidomain: {
    'GET /config/projects': 'View_Project',
  },
  dataprotection: {
    'POST /config/recovery-points': 'Create_Recovery_Point',
    'GET /config/recovery-points': 'View_Recovery_Point',
    'GET /config/recovery-points/*': 'View_Recovery_Point',
    'DELETE /config/recovery-points/*': 'Delete_Recovery_Point',
    'POST /config/recovery-points/*/$actions/restore': 'Restore_Recovery_Point',
  },
};

interface Operation {
  readonly namespace: string;
  readonly method: string;
  readonly path: string;
  readonly name: string | undefined;
}

export const OPERATIONS: readonly Operation[] = Object.entries(NAMES).flatMap(([namespace, requests]) =>
  Object.entries(requests).map(([request, name]) => {
    const [method = '', path = ''] = request.split(' ');
    return { namespace, method, path, name };
  }),
);

/** The name of the operation that a request needs; undefined = not known. */
export function operationFor(namespace: Namespace, method: string, path: string): string | undefined {
  const segments = path.split('/');
  return OPERATIONS.find(
    (one) => one.namespace === namespace && one.method === method && isAlike(one.path.split('/'), segments),
  )?.name;
}

function isAlike(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part === '*' || part === segments[index])
  );
}
