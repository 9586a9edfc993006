import type { Guide } from "../../../src/guide/guide";
import type { SealReport } from "../../../src/operations/seal/seal-instance";
import type { InstanceStatus } from "../../../src/operations/status/inspect";
import type { StepDownReport } from "../../../src/operations/step-down/step-down";
import type { UnsealReport } from "../../../src/operations/unseal/unseal-instance";
import type { Results } from "./result";

export const INSTANCE_RESULTS: Results = {
  unseal: {
    example: {
      instance: "customer10/main",
      replicas: 3,
      leader: "https://customer10-main-0.customer10-main-internal:8200",
      raftPeers: 3,
      initialized: true,
      unsealed: ["customer10-main-0", "customer10-main-1", "customer10-main-2"],
      joined: ["customer10-main-1", "customer10-main-2"],
      restarted: [],
    } satisfies UnsealReport & { readonly instance: string; readonly replicas: number },
    notes: [
      "`leader` is the address that the active replica gives to its peers.",
      "`raftPeers` is missing if the record's root token is missing or was revoked.",
      "With `--all` it prints a list of objects with `instance`, and with `error` if that instance failed. The exit code is then 1.",
      "`initialized`, `unsealed`, `joined` and `restarted` say what this run did. A run that finds everything done reports `false` and empty lists.",
    ],
  },
  seal: {
    example: {
      instance: "customer10/main",
      replicas: 3,
      sealed: ["customer10-main-1", "customer10-main-2", "customer10-main-0"],
      held: "incident 42",
    } satisfies SealReport & { readonly instance: string; readonly replicas: number },
    notes: [
      "`sealed` lists the replicas that this run sealed. `held` is the reason in the record.",
      "It fails with `seal-unconfirmed` if a replica does not answer, because that replica may be open.",
    ],
  },
  "step-down": {
    example: {
      instance: "customer10/main",
      from: "customer10-main-0",
      to: "customer10-main-1",
    } satisfies StepDownReport & { readonly instance: string },
    notes: [],
  },
  purge: { example: { instance: "customer10/main", destroyedVersions: 4 }, notes: [] },
  guide: {
    example: {
      instance: "customer10/main",
      address: "https://customer10.customers.operator.example:8200",
      product: "openbao",
      sections: [
        {
          title: "Secrets below `kv/web`",
          level: 3,
          parts: [
            "Read a secret:",
            { language: "sh", text: 'bao kv get -mount=kv "web/SECRET"', placeholders: { SECRET: "smtp" } },
          ],
        },
      ],
    } satisfies Guide,
    notes: [
      "It synthesizes the project in the current folder and asks no server. The result contains no secret: see [Guide](operating/guide.md).",
      "A part is text in Markdown, or a block. `placeholders` are the words that a reader replaces in it, each with an example.",
      "`caCertificate` is missing if Terraform trusts no certificate of its own for the instance, and `namespace` if the instance is none.",
    ],
  },
  status: {
    example: [
      {
        instance: "customer10/main",
        record: { state: "complete", keyType: "unseal", keys: 5, rootToken: true },
        product: "openbao",
        replicas: [
          {
            name: "customer10-main-0",
            address: "https://customer10-main-0.customer10-main-internal:8200",
            state: "unsealed",
            active: true,
            auditDevices: 1,
            certificateExpires: "2027-11-26T09:00:00.000Z",
          },
        ],
        healthy: true,
      },
    ] satisfies readonly InstanceStatus[],
    notes: [
      "`record.state` is one of `complete`, `incomplete`, `announced`, `deleted`, `missing` and `self-initialised`.",
      "`state` of a replica is one of `unsealed`, `sealed`, `uninitialized`, `migrating` and `unreachable`. An unreachable replica has a `reason`.",
      "`auditDevices` is missing if it was not checked. The check needs a valid root token in the record, and standbys of Vault do not answer it.",
      "`votes` is whether the replica is a member of raft that votes. It is missing if that could not be asked. `leader` is the address that the replica takes for the active one, and `shares` the number and threshold of its keys.",
      "`difference` says what is not as the tenant's file describes it. A retired instance has `retired: true` and no replicas.",
      "`placeholders` lists the placeholders that nobody has filled in, each with `path` and `state`: `TBD`, `unconfirmed`, `missing` or `deleted`. It is missing if there are none, or they could not be asked for.",
      "`issuers` has the issuer from which each PKI mount issues, with `mount` and `expires`. It is missing if there is none, or they could not be asked for.",
      "`sealTokenExpires` is the expiry of the token of a transit seal.",
      "`restoreProven` is when a snapshot was last proven by a restore, and `escrowVerified` when `escrow verify` last proved the keys of the record. Each is missing if that never happened.",
      "An instance that could not be inspected has no replicas, a `problem` and a `problemCode` of [errors](errors.md#the-command).",
    ],
  },
};
