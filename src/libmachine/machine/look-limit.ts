/** Whoever asks for the state polls or waits: an answer that takes longer is of no use. ms. */
export const LOOK_LIMIT = 2_500;

/**
 * `ls` asks all machines for their URL at once and gives each 10 s. Hundreds of plugins that sign in at the
 * same time on a few cores need some of that; a cloud that is down is noticed much sooner. ms.
 */
export const URL_LIMIT = 5_000;
