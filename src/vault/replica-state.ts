/** What a replica says of itself; `seal` is the one that it runs with. */
export type ReplicaState =
  | {
      readonly state: "unreachable";
      readonly reason: string;
      /** Whether it answers with a certificate that is not accepted. @default false */
      readonly untrusted?: boolean;
    }
  | { readonly state: "uninitialized"; readonly seal: string }
  | {
      readonly state: "sealed";
      readonly seal: string;
      readonly threshold: number;
      /** Number of its unseal or recovery keys. @default - not known */
      readonly shares?: number | undefined;
      /** Whether it waits for keys of its former seal. @default false */
      readonly migrating?: boolean;
    }
  /** Unsealed, with a seal that is not the one that the data are sealed with: the active server migrates them. */
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
