/** The image of container guests, made by `make guest-image`. */
export const GUEST_IMAGE = 'prism-simulator-guest:latest';
