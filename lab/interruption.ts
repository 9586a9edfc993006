/** Aborted if the user interrupts the lab. Running commands are then ended, and no new ones start. */
export const interruption = new AbortController();
