export { createContainerGuests, type ContainerGuestsOptions } from './container-guests.js';
export { GUEST_IMAGE } from './image.js';
