/** Aborted when the user wants the lab to end: commands under way are ended, and nothing more is begun. */
export const interruption = new AbortController();
