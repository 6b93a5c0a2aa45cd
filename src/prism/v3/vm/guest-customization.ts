import { encodedGuestData, type GuestInput } from '../../shared/index.js';

/** cloud-init's data as API v3 takes it. */
export function guestCustomization(input: GuestInput): object {
  const { userData, metaData } = encodedGuestData(input);
  return { is_overridable: false, cloud_init: { user_data: userData, meta_data: metaData } };
}
