import type { CustodyReport } from "../../../src/operations/custody/keep-custody";
import type { EscrowReport } from "../../../src/operations/escrow/verify-escrow";
import type { GenerationReport } from "../../../src/operations/root-token/generate-root-token";
import type { Results } from "./result";

export const KEY_RESULTS: Results = {
  "rotate-keys": {
    example: { instance: "customer10/main", shares: 7, threshold: 4, keyType: "unseal", formerVersion: 6 },
    notes: ["`formerVersion` is the newest version of the record that has the former keys."],
  },
  "rotate-barrier": {
    example: { instance: "customer10/main", term: 2 },
    notes: ["`term` is the number of the key. Existing data stay encrypted with their key, which the servers keep."],
  },
  "escrow verify": {
    example: {
      instance: "customer10/main",
      verified: true,
      shares: 5,
      threshold: 3,
      keyType: "unseal",
    } satisfies EscrowReport & { readonly instance: string; readonly verified: boolean },
    notes: [
      "With `--tenant` or `--all` it prints a list of objects with `instance`, and with `error` if that record failed. The exit code is then 1.",
      "`verified` is false for an instance that has no keys, or that was retired.",
      "If the environment configures a [second custody](operating/second-custody.md), `custody` says that people have these keys. If they do not, the command fails with `custody-outdated`.",
    ],
  },
  "escrow custody": {
    example: {
      instance: "customer10/main",
      custody: "customer10.main.custody-7.20261127T001530123Z",
      written: true,
      recordVersion: 7,
      people: {
        alice: ["unseal-key-0", "unseal-key-3"],
        bob: ["unseal-key-1", "unseal-key-4"],
        carol: ["unseal-key-2"],
      },
    } satisfies CustodyReport & { readonly instance: string },
    notes: [
      "`written` is false if people have the keys already. `recordVersion` is the version of the record that the files name.",
      "With `--prune` it also has `removed`: the names of the former custodies.",
      "With `--tenant` or `--all` it prints a list of objects with `instance`, and with `error` if that instance failed. The exit code is then 1.",
    ],
  },
  "root-token generate": {
    example: {
      instance: "customer10/main",
      accessor: "frZFlg2eXUpxHUCcIzklECnR",
      made: true,
      revoked: [],
    } satisfies GenerationReport & { readonly instance: string },
    notes: [
      "This is the output with `--keep`. `accessor` names the token without telling it. `made` is false if the record had a root token that works.",
      "`revoked` lists the accessors of root tokens that interrupted runs had made, and that this run revoked.",
      "With `--print` it has `instance` and `rootToken`. Without `--json`, it is the token alone.",
    ],
  },
  "root-token revoke": {
    example: { instance: "customer10/main", removed: true, revoked: [] },
    notes: [
      "`removed` is whether the record had a root token. `revoked` lists the accessors of root tokens that interrupted runs had made.",
    ],
  },
  "migrate-seal": { example: { instance: "customer10/main", seal: "transit" }, notes: [] },
};
