/** Bounds of a {@link backoff}, in milliseconds. */
export interface BackoffBounds {
  readonly first: number;
  readonly most: number;
}

/**
 * Milliseconds to wait after a number of failures in a row: doubled each time, and between half and all of that, so that many
 * programs do not retry at the same moment.
 *
 * @param failures From 1.
 * @param random Returns a number from 0 up to 1. @default Math.random
 */
export function backoff(failures: number, { first, most }: BackoffBounds, random: () => number = Math.random): number {
  const full = Math.min(most, first * 2 ** (failures - 1));
  return full * (0.5 + random() / 2);
}
