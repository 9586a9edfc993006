import type { Duration } from "./duration";

/** A duration as programs in Go write it: `1h30m0s`, `5m0s` or `45s`. */
export function goDuration(duration: Duration): string {
  const seconds = duration.toSeconds();
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours === 0 ? "" : `${hours}h`}${seconds < 60 ? "" : `${minutes}m`}${seconds % 60}s`;
}
