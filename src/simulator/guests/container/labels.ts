/** The image of container guests, made by `make guest-image`. */
export const GUEST_IMAGE = 'prism-simulator-guest:latest';

/** Label by which an image says which form of the hardware description its first process reads. */
export const HARDWARE_LABEL = 'prism-simulator.hardware';
/** The form that `describeHardware` writes; changed together with the image. */
export const HARDWARE_FORM = '2';

/** On everything that container guests make in an engine, so that nothing can be left unrecognised. */
export const OWNER_LABEL = 'prism-simulator.owner';
/** One `createContainerGuests` of that owner. */
export const INSTANCE_LABEL = 'prism-simulator.instance';
/** UUID of the VM that a container or volume belongs to. */
const VM_LABEL = 'prism-simulator.vm';

export interface Ownership {
  readonly owner: string;
  /** Unique on the engine; part of every name. */
  readonly instance: string;
}

export function labelsOf({ owner, instance }: Ownership, vmUuid?: string): Record<string, string> {
  const labels = { [OWNER_LABEL]: owner, [INSTANCE_LABEL]: instance };
  return vmUuid === undefined ? labels : { ...labels, [VM_LABEL]: vmUuid };
}
