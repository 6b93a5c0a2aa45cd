import type { Namespace } from '../discovery/index.js';

interface Operation {
  /** `*` stands for one segment. */
  readonly path: string;
  readonly method: string;
  readonly namespace: Namespace;
  /** As Prism Central shows it in a role; undefined = the name is not known to us. */
  readonly name: string | undefined;
}

/**
 * The operation of a role that each request needs. The names are those that public roles for Kubernetes and storage
 * clients list; where none is known, a message names the request instead.
 */
export const OPERATIONS: readonly Operation[] = [
  { namespace: 'vmm', method: 'POST', path: '/ahv/config/vms', name: 'Create_New_Virtual_Machine' },
  { namespace: 'vmm', method: 'GET', path: '/ahv/config/vms', name: 'View_Existing_Virtual_Machine' },
  { namespace: 'vmm', method: 'GET', path: '/ahv/config/vms/*', name: 'View_Existing_Virtual_Machine' },
  { namespace: 'vmm', method: 'GET', path: '/ahv/config/vms/*/nics', name: undefined },
  { namespace: 'vmm', method: 'PUT', path: '/ahv/config/vms/*', name: undefined },
  { namespace: 'vmm', method: 'DELETE', path: '/ahv/config/vms/*', name: 'Delete_Existing_Virtual_Machine' },
  {
    namespace: 'vmm',
    method: 'POST',
    path: '/ahv/config/vms/*/$actions/power-on',
    name: 'Power_On_Virtual_Machine',
  },
  { namespace: 'vmm', method: 'POST', path: '/ahv/config/vms/*/$actions/power-off', name: undefined },
  { namespace: 'vmm', method: 'POST', path: '/ahv/config/vms/*/$actions/shutdown', name: undefined },
  { namespace: 'vmm', method: 'POST', path: '/ahv/config/vms/*/$actions/reboot', name: undefined },
  { namespace: 'vmm', method: 'POST', path: '/ahv/config/vms/*/$actions/reset', name: undefined },
  { namespace: 'vmm', method: 'GET', path: '/content/images', name: 'View_Image' },
  { namespace: 'vmm', method: 'GET', path: '/content/images/*', name: 'View_Image' },
  { namespace: 'prism', method: 'GET', path: '/config/tasks', name: 'View_Task' },
  { namespace: 'prism', method: 'GET', path: '/config/tasks/*', name: 'View_Task' },
  { namespace: 'prism', method: 'GET', path: '/config/categories', name: 'View_Category' },
  { namespace: 'clustermgmt', method: 'GET', path: '/config/clusters', name: 'View_Cluster' },
  {
    namespace: 'clustermgmt',
    method: 'GET',
    path: '/config/storage-containers',
    name: 'View_Storage_Container',
  },
  {
    namespace: 'clustermgmt',
    method: 'GET',
    path: '/config/clusters/*/physical-gpu-profiles',
    name: 'View_Cluster_Pgpu_Profiles',
  },
  {
    namespace: 'clustermgmt',
    method: 'GET',
    path: '/config/clusters/*/virtual-gpu-profiles',
    name: 'View_Cluster_Vgpu_Profiles',
  },
  { namespace: 'networking', method: 'GET', path: '/config/subnets', name: 'View_Subnet' },
  { namespace: 'networking', method: 'GET', path: '/config/subnets/*', name: 'View_Subnet' },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/detach-vm',
    name: 'Detach_Volume_Group_From_AHV_VM',
  },
  { namespace: 'multidomain', method: 'GET', path: '/config/projects', name: 'View_Project' },
  { namespace: 'volumes', method: 'GET', path: '/config/volume-groups', name: 'View_Volume_Group' },
  { namespace: 'volumes', method: 'GET', path: '/config/volume-groups/*', name: 'View_Volume_Group_Details' },
  { namespace: 'volumes', method: 'POST', path: '/config/volume-groups', name: 'Create_Volume_Group' },
  {
    namespace: 'volumes',
    method: 'PUT',
    path: '/config/volume-groups/*',
    name: 'Update_Volume_Group_Details',
  },
  { namespace: 'volumes', method: 'DELETE', path: '/config/volume-groups/*', name: 'Delete_Volume_Group' },
  {
    namespace: 'volumes',
    method: 'GET',
    path: '/config/volume-groups/*/disks',
    name: 'View_Volume_Group_Disks',
  },
  {
    namespace: 'volumes',
    method: 'GET',
    path: '/config/volume-groups/*/disks/*',
    name: 'View_Volume_Group_Disks',
  },
  {
    namespace: 'volumes',
    method: 'PUT',
    path: '/config/volume-groups/*/disks/*',
    name: 'Update_Volume_Group_Virtual_Disks',
  },
  {
    namespace: 'volumes',
    method: 'GET',
    path: '/config/volume-groups/*/vm-attachments',
    name: 'View_Volume_Group_VM_Attachments',
  },
  {
    namespace: 'volumes',
    method: 'GET',
    path: '/config/volume-groups/*/external-iscsi-attachments',
    name: 'View_Volume_Group_iSCSI_Attachments',
  },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/attach-vm',
    name: 'Attach_Volume_Group_To_AHV_VM',
  },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/attach-iscsi-client',
    name: 'Attach_Volume_Group_To_External_iSCSI_Client',
  },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/detach-iscsi-client',
    name: 'Detach_Volume_Group_From_External_iSCSI_Client',
  },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/associate-category',
    name: 'Associate_Volume_Group_Categories',
  },
  {
    namespace: 'volumes',
    method: 'POST',
    path: '/config/volume-groups/*/$actions/disassociate-category',
    name: 'Disassociate_Volume_Group_Categories',
  },
  { namespace: 'volumes', method: 'GET', path: '/config/iscsi-clients', name: 'View_External_iSCSI_Client' },
  {
    namespace: 'volumes',
    method: 'GET',
    path: '/config/iscsi-clients/*',
    name: 'View_External_iSCSI_Client',
  },
  {
    namespace: 'volumes',
    method: 'PUT',
    path: '/config/iscsi-clients/*',
    name: 'Update_External_iSCSI_Client',
  },
  {
    namespace: 'dataprotection',
    method: 'POST',
    path: '/config/recovery-points',
    name: 'Create_Recovery_Point',
  },
  {
    namespace: 'dataprotection',
    method: 'GET',
    path: '/config/recovery-points',
    name: 'View_Recovery_Point',
  },
  {
    namespace: 'dataprotection',
    method: 'GET',
    path: '/config/recovery-points/*',
    name: 'View_Recovery_Point',
  },
  {
    namespace: 'dataprotection',
    method: 'DELETE',
    path: '/config/recovery-points/*',
    name: 'Delete_Recovery_Point',
  },
  {
    namespace: 'dataprotection',
    method: 'POST',
    path: '/config/recovery-points/*/$actions/restore',
    name: 'Restore_Recovery_Point',
  },
  { namespace: 'prism', method: 'POST', path: '/config/categories', name: 'Create_Category' },
  {
    namespace: 'clustermgmt',
    method: 'GET',
    path: '/stats/storage-containers/*',
    name: 'View_Container_Stats',
  },
];

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
