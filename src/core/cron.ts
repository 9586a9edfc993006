/** Whether a text has the five fields of cron. What they mean is left to who runs it. */
export function isCronSchedule(text: string): boolean {
  return /^[\w*/,-]+( [\w*/,-]+){4}$/.test(text);
}
