export { createContainerGuests, type ContainerGuestsOptions } from './container-guests.js';
export { GUEST_IMAGE } from './labels.js';
