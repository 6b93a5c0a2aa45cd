/** The API of Prism Central that these tests run on: v3, or v4 in jest's project e2e-v4. */
export const API = Reflect.get(globalThis, 'E2E_API') === 'v4' ? 'v4' : 'v3';

/** The value for the API these tests run on. */
export function onApi<T>(values: { readonly v3: T; readonly v4: T }): T {
  return values[API];
}

/**
 * What a test needs simulated: v3 alone, or both, since tests act as other users of Prism Central through v3, and the
 * driver is to choose v4 by itself.
 */
export const SERVED = onApi({ v3: ['v3'] as const, v4: ['v3', 'v4'] as const });

/** The Prism Central that is simulated: the first that had v4 had no projects in it, so that half plays a newer one. */
export const PC_VERSION = onApi({ v3: 'pc.2024.3.0.1', v4: 'pc.7.6' });

const VMS = onApi({ v3: '/vms', v4: '/vmm/ahv/config/vms' });

/** Requests in the words of fault rules. */
export const CREATE_VM = { method: 'POST', path: VMS };
export const DELETE_VM = { method: 'DELETE', path: `${VMS}/*` };

/** Requests in the words of counters. */
export const COUNTED = onApi({
  v3: {
    deleteVm: 'DELETE /vms/:uuid',
    getTask: 'GET /tasks/:uuid',
    getVm: 'GET /vms/:uuid',
    lists: ['POST /clusters/list', 'POST /images/list', 'POST /subnets/list'],
  },
  v4: {
    deleteVm: 'DELETE /vmm/ahv/config/vms/:extId',
    getTask: 'GET /prism/config/tasks/:extId',
    getVm: 'GET /vmm/ahv/config/vms/:extId',
    lists: ['GET /clustermgmt/config/clusters', 'GET /vmm/content/images', 'GET /networking/config/subnets'],
  },
});

/** The path of one VM as fault rules name it, also for a GET through the API. */
export function vmPath(id: string): string {
  return `${VMS}/${id}`;
}
