export { createContainerGuests, GUEST_IMAGE, type ContainerGuestsOptions } from './container-guests.js';
