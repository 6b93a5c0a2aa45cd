/** The same list with one device in another form. */
export function changed<Device extends { readonly uuid?: string | undefined }>(
  devices: readonly Device[],
  extId: string,
  change: (device: Device) => Device,
): Device[] {
  return devices.map((device) => (device.uuid === extId ? change(device) : device));
}
