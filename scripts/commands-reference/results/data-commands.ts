import type { AdoptionReport } from "../../../src/operations/adoption/adopt-instance";
import type { UnmanagedReport } from "../../../src/operations/adoption/unmanaged";
import type { ExportReport } from "../../../src/operations/portability/export-instance";
import type { ImportReport } from "../../../src/operations/portability/import-instance";
import type { Results } from "./result";

export const DATA_RESULTS: Results = {
  export: {
    example: {
      instance: "customer10/main",
      records: 1240,
      sha256: "4b7a244a2e5a3339c4fbdbb4bba096c1e88eba915bc7d1b7b2080acd24f6fa6d",
      stays: ["pki: private keys of the CAs, and what they issued", "tokens and leases"],
    } satisfies ExportReport & { readonly instance: string },
    notes: [
      "`sha256` is that of the bundle. `stays` says what could not leave. See [Leave the service](operating/leave.md).",
    ],
  },
  import: {
    example: {
      instance: "customer10/main",
      dryRun: false,
      written: 1236,
      equal: 2,
      conflicts: ["kv/app/database"],
      refused: [],
      public: ["ssh/config/ca"],
      passwords: ["auth/userpass/users/bob"],
    } satisfies ImportReport & { readonly instance: string; readonly dryRun: boolean },
    notes: [
      "`conflicts` is what the instance has with another value, and keeps. `refused` lists what the server did not accept, with its `reason`. If one of them is not empty, the exit code is 2.",
      "`public` is in the bundle to be read, and is not written. `passwords` lists the users whom this run made, and who need a new password.",
    ],
  },
  adopt: {
    example: { instance: "customer10/main", keys: 5, verified: true } satisfies AdoptionReport & {
      readonly instance: string;
    },
    notes: ["`verified` is whether each key of the record was proven. See [Adopt a Vault](operating/adopt.md)."],
  },
  unmanaged: {
    example: {
      instance: "customer10/main",
      managed: [{ path: "sys/mounts/kv", to: "vault_mount.main_key_value_kv", id: "kv" }],
      unmanaged: ["auth/userpass/users/bob", "sys/auth/userpass"],
      removed: [],
    } satisfies UnmanagedReport & { readonly instance: string },
    notes: [
      "`managed` is what the tenant file describes and the instance has, with its address in the stack, and the ID by which Terraform imports it. `unmanaged` lists the paths of what only the instance has.",
      "`removed` is what `--purge` removed. What a removed mount had went with it. Quotas stay.",
    ],
  },
};
