import fc from "fast-check";
import { CentralError } from "../../src/central/client";
import { KubernetesError } from "../../src/kubernetes/client";
import { ReplicaError } from "../../src/vault/errors";

/** Ends a simulated process at any point. */
export class Crash extends Error {}

/** What may go wrong at a call, in words. */
export const FAULTS_IN_WORDS = {
  "crash-before": "the process is killed before it",
  "crash-after": "the process is killed after it",
  "cut-before": "it does not arrive",
  "cut-after": "it is done, and the answer is lost",
  unavailable: "it is refused with a status of 500",
  stale: "the answer is older than the last change",
  deadline: "the time is up when it is done",
  interrupt: "SIGTERM comes when it is done",
} as const;

/** What may go wrong at a call. */
export type Fault = keyof typeof FAULTS_IN_WORDS;

/** A call of a process to something outside it. */
export interface Call {
  readonly pid: number;
  /** Who is asked for what, such as `central.write`. */
  readonly name: string;
  /** Whether it changes something. */
  readonly writes: boolean;
  /** Whether the answer may come from a copy that lags behind. */
  readonly mayBeStale: boolean;
}

/** Decides about each call of a process. */
export type FaultSource = (call: Call) => Fault | undefined;

/** A fault at the n-th change that a process makes. */
export interface FaultPlan {
  readonly effect: number;
  readonly fault: Fault;
}

/** Faults at some of the changes that a process makes. */
export function atEffects(plans: readonly FaultPlan[]): FaultSource {
  let effects = 0;
  return ({ writes }) => {
    if (!writes) return undefined;
    const fault = plans.find(({ effect }) => effect === effects)?.fault;
    effects++;
    return fault;
  };
}

/** Up to three faults, at any of the first changes of a process. */
export const FAULTS: fc.Arbitrary<FaultPlan[]> = fc.array(
  fc.record({
    effect: fc.nat({ max: 30 }),
    fault: fc.constantFrom<Fault>("crash-before", "crash-after", "cut-before", "cut-after"),
  }),
  { maxLength: 3 },
);

/** Somebody whom a process asks. */
export interface Peer {
  readonly name: string;
  /** Whether neither the deadline nor the user aborts requests to it. @default false */
  readonly isPatient?: boolean;
  /** Requests whose answer may come from a copy that lags behind. */
  readonly copies: (request: string) => boolean;
  /** The error of a lost request or answer. */
  cut(): Error;
  /** The error of a status of 500. */
  unavailable(): Error;
}

/** The central Vault. @param part What of it, such as the record. */
export function centralPeer(part: string, isPatient = false): Peer {
  return {
    name: part,
    isPatient,
    copies: () => true,
    cut: () => new CentralError("unreachable", "connection reset"),
    unavailable: () => new CentralError("refused", "500 internal error", 500),
  };
}

export const KUBERNETES: Peer = {
  name: "kubernetes",
  copies: () => true,
  cut: () => new KubernetesError("connection reset", undefined),
  unavailable: () => new KubernetesError("500 internal error", 500),
};

/** One server of the instance. */
export function serverPeer(name: string): Peer {
  return {
    name,
    copies: (request) => request === "leader",
    cut: () => new ReplicaError("unreachable", "connection reset"),
    unavailable: () => new ReplicaError("refused", "500 internal error", 500),
  };
}
