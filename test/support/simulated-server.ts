import type { SimulatedKeys } from "./simulated-ceremonies";

/** One server of a simulated instance. */
export interface SimulatedServer {
  /** Initialisation that created the data. */
  data: number | undefined;
  sealed: boolean;
  progress: Set<string>;
  /** Received keys. */
  received: number;
  /** Whether the server joined the cluster, so that it must catch up after it is unsealed. */
  joined: boolean;
  /** Time at which it has caught up. */
  readyAt?: number | undefined;
  /** Times at which the evicted pod is gone, and at which the new pod answers. */
  pod?: { readonly endsAt: number; readonly answersAt: number };
  uid: number;
  /** Revision of the pod, and the certificate that it presents. */
  revision: number;
  certificate: number;
  /** Seal of its configuration. @default - that of the instance */
  seal?: string;
  /** Whether its pod can never start. The next one of its name is made from the newest description and does. */
  neverStarts?: boolean;
  /** The keys of its data, while it misses a rotation. @default - those of the instance */
  behind?: SimulatedKeys | undefined;
}

/** A server without data. */
export function emptyServer(): SimulatedServer {
  const pod = { uid: 0, revision: 0, certificate: 0 };
  return { data: undefined, sealed: true, progress: new Set(), received: 0, joined: false, readyAt: undefined, ...pod };
}
