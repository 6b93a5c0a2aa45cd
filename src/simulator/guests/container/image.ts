/** The image of container guests, made by `make guest-image`. */
export const GUEST_IMAGE = 'prism-simulator-guest:latest';

/** Label by which an image says which form of the hardware description its first process reads. */
export const HARDWARE_LABEL = 'prism-simulator.hardware';
/** The form that `describeHardware` writes; changed together with the image. */
export const HARDWARE_FORM = '1';
