import type { RestoreReport } from "../../../src/operations/snapshot/restore-snapshot";
import type { PromotionReport } from "../../../src/operations/snapshot/standby";
import type { StoredSnapshot } from "../../../src/operations/snapshot/stored-snapshots";
import type { Results } from "./result";

export const SNAPSHOT_RESULTS: Results = {
  "snapshot save": {
    example: {
      instance: "customer10/main",
      snapshot: "customer10.main.20261127T001530123Z",
      size: 41_943_456,
      sha256: "4b7a244a2e5a3339c4fbdbb4bba096c1e88eba915bc7d1b7b2080acd24f6fa6d",
    },
    notes: ["`size` and `sha256` are those of the encrypted snapshot."],
  },
  "snapshot restore": {
    example: {
      instance: "customer10/main",
      snapshot: "customer10.main.20261127T001530123Z",
      leader: "https://customer10-main-1.customer10-main-internal:8200",
      raftPeers: 3,
      unsealed: [],
      joined: [],
      blank: false,
    } satisfies RestoreReport & { readonly instance: string; readonly snapshot: string },
    notes: [
      "`blank` is whether the servers had no data. `unsealed` and `joined` are the replicas that this run unsealed and joined afterwards.",
      "With `--of` and without `--from`, a standby that has the newest snapshot stays as it is. Then there is only `unchanged: true` beside `instance` and `snapshot`.",
    ],
  },
  "snapshot promote": {
    example: {
      instance: "customer10/standby",
      snapshot: "customer10.main.20261127T001530123Z",
      leader: "https://customer10-standby-0.customer10-standby-internal:8200",
      raftPeers: 1,
      unsealed: [],
    } satisfies PromotionReport & { readonly instance: string },
    notes: ["`snapshot` is the one whose data the instance has."],
  },
  "snapshot list": {
    example: [
      {
        format: 1,
        name: "customer10.main.20261127T001530123Z",
        tenant: "customer10",
        instance: "main",
        product: "openbao",
        productVersion: "2.7.2",
        time: "2026-11-27T00:15:30.123Z",
        raftIndex: 120,
        size: 41_943_456,
        sha256: "4b7a244a2e5a3339c4fbdbb4bba096c1e88eba915bc7d1b7b2080acd24f6fa6d",
        recordVersion: 4,
        keysFingerprint: "8c1f0a92d4b7e635",
        seal: "shamir",
        shares: 5,
        threshold: 3,
        complete: true,
      },
    ] satisfies readonly StoredSnapshot[],
    notes: [
      "The newest snapshot is the first. These are the manifests, with `complete`: whether the snapshot beside the manifest has its size.",
      "`recordVersion` is the version of the record whose keys open the data, and `shares` and `threshold` are their number and threshold. `keysFingerprint` finds them where the versions have other numbers, as in a [mirror](operating/mirror.md).",
    ],
  },
  "snapshot prune": {
    example: { instance: "customer10/main", removed: ["customer10.main.20261020T001530123Z"] },
    notes: [
      "The newest complete snapshot always stays, and so does every file that is not a snapshot of the instance.",
    ],
  },
  drill: {
    example: {
      instance: "customer10/main",
      snapshot: "customer10.main.20261127T001530123Z",
      version: "2.7.2",
      mounts: 6,
      caChains: 1,
      seconds: 8.4,
    },
    notes: ["`version` is that of the server that restored the snapshot."],
  },
};
