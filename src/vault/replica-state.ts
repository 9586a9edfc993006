/** State of a replica. `seal` is the type of the seal in its configuration. */
export type ReplicaState =
  | {
      readonly state: "unreachable";
      readonly reason: string;
      /** Whether the replica presents an untrusted certificate. @default false */
      readonly untrusted?: boolean;
    }
  | { readonly state: "uninitialized"; readonly seal: string }
  | {
      readonly state: "sealed";
      readonly seal: string;
      readonly threshold: number;
      /** Whether the replica waits for keys of its former seal. @default false */
      readonly migrating?: boolean;
    }
  /** Unsealed, but the data are still sealed with another seal, `stored`. The active server migrates them. */
  | { readonly state: "migrating"; readonly seal: string; readonly stored: string }
  | {
      readonly state: "unsealed";
      readonly seal: string;
      readonly threshold: number;
      /** ID of the replica's cluster. */
      readonly cluster?: string | undefined;
    };
