/** `ls` gives a machine 10 s, GitLab Runner less; an answer that takes longer is of no use. ms. */
export const LOOK_LIMIT = 2_500;
