import { Duration } from "../core/duration";

/** Shortest time for which a credential that is handed over is wrapped, so that nobody gets one without a wrapping token. */
export const SHORTEST_WRAPPING = Duration.minutes(1);
