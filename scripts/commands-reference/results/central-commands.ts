import type { KeyOutcome } from "../../../src/operations/central/give-key";
import type { CentralRestoreReport } from "../../../src/operations/central/restore-central";
import type { ServerState } from "../../../src/operations/central/server-states";
import type { CentralManifest } from "../../../src/operations/snapshot/manifest";
import type { Stored } from "../../../src/operations/snapshot/series";
import type { Results } from "./result";

export const CENTRAL_RESULTS: Results = {
  "central status": {
    example: {
      healthy: false,
      servers: [
        {
          address: "https://central-0.example:8200",
          state: "unsealed",
          seal: "shamir",
          threshold: 3,
          shares: 5,
          version: "2.7.2",
          cluster: "4f1c0b5e-8f0f-0b9c-6d0e-7a5f0f4f3c11",
          active: true,
          leader: "https://central-0.example:8200",
          applied: 4711,
        },
        {
          address: "https://central-1.example:8200",
          state: "sealed",
          seal: "shamir",
          threshold: 3,
          shares: 5,
          version: "2.7.2",
          progress: 2,
        },
      ],
      faults: ["https://central-1.example:8200 is sealed, 2 of 3 keys"],
    } satisfies {
      readonly healthy: boolean;
      readonly servers: readonly ServerState[];
      readonly faults: readonly string[];
    },
    notes: [
      "`state` is one of `unsealed`, `sealed`, `uninitialized` and `unreachable`. An unreachable server has a `reason`.",
      "`progress` is the number of keys that a sealed server has received. `applied` is the raft index up to which it has the data.",
      "`faults` says in one sentence each what is not healthy.",
    ],
  },
  "central unseal": {
    example: [
      { address: "https://central-0.example:8200", state: "sealed", progress: 2, threshold: 3 },
    ] satisfies readonly KeyOutcome[],
    notes: [
      "`repeated` is true if the server had this key already. A server that did not take the key has `error`. The exit code is then 1.",
      "See [Unseal the central Vault](operating/unseal-central.md).",
    ],
  },
  "central snapshot save": {
    example: {
      snapshot: "central-vault.20261127T001530123Z",
      size: 41_943_456,
      sha256: "4b7a244a2e5a3339c4fbdbb4bba096c1e88eba915bc7d1b7b2080acd24f6fa6d",
    },
    notes: ["`size` and `sha256` are those of the encrypted snapshot."],
  },
  "central snapshot restore": {
    example: {
      snapshot: "central-vault.20261127T001530123Z",
      leader: "https://central-0.example:8200",
      voters: 3,
      blank: true,
    } satisfies CentralRestoreReport & { readonly snapshot: string },
    notes: [
      "`blank` is whether the servers had no data. `voters` is missing if the token may not ask raft, or the restored data do not know it.",
    ],
  },
  "central snapshot list": {
    example: [
      {
        format: 1,
        name: "central-vault.20261127T001530123Z",
        productVersion: "2.7.2",
        time: "2026-11-27T00:15:30.123Z",
        raftIndex: 4711,
        size: 41_943_456,
        sha256: "4b7a244a2e5a3339c4fbdbb4bba096c1e88eba915bc7d1b7b2080acd24f6fa6d",
        seal: "shamir",
        shares: 5,
        threshold: 3,
        complete: true,
      },
    ] satisfies readonly Stored<CentralManifest>[],
    notes: ["The newest snapshot is the first. `shares` and `threshold` are those of the people's keys at that time."],
  },
  "central snapshot prune": {
    example: { removed: ["central-vault.20261020T001530123Z"] },
    notes: [
      "The newest complete snapshot always stays, and so does every file that is not a snapshot of the central Vault.",
    ],
  },
};
