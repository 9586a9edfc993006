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
      /** Number of its unseal or recovery keys. @default - not known */
      readonly shares?: number | undefined;
      /** Names the keys that it has received since it was sealed or refused some. @default - it has none */
      readonly attempt?: string | undefined;
      /** Whether it waits for keys of its former seal. @default false */
      readonly migrating?: boolean;
    }
  /** Unsealed, but the data are still sealed with another seal, `stored`. The active server migrates them. */
  | { readonly state: "migrating"; readonly seal: string; readonly stored: string }
  | {
      readonly state: "unsealed";
      readonly seal: string;
      readonly threshold: number;
      /** Number of its unseal or recovery keys. @default - not known */
      readonly shares?: number | undefined;
      /** Id of the cluster that it belongs to. */
      readonly cluster?: string | undefined;
    };
