/** A factor from 0.9 to 1.1, so that what began at one time does not happen at one time for ever. */
export function jitter(): number {
  return 0.9 + Math.random() / 5;
}
