// Writes the reference of the commands into docs/commands.md, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Argument, Command, Option } from "commander";
import { formatted } from "./formatted";
import type { AdoptionReport } from "../src/operations/adoption/adopt-instance";
import type { UnmanagedReport } from "../src/operations/adoption/unmanaged";
import type { AuthorityReport } from "../src/operations/authorities/ensure-authority";
import type { CustodyReport } from "../src/operations/custody/keep-custody";
import type { PasswordReport } from "../src/operations/databases/write-password";
import type { EscrowReport } from "../src/operations/escrow/verify-escrow";
import type { PlaceholdersReport } from "../src/operations/placeholders/write-placeholders";
import type { RevocationReport } from "../src/operations/certificates/revoke-certificates";
import type { StoredCertificate } from "../src/operations/certificates/stored-certificate";
import type { ExportReport } from "../src/operations/portability/export-instance";
import type { Guide } from "../src/guide/guide";
import type { ImportReport } from "../src/operations/portability/import-instance";
import type { GenerationReport } from "../src/operations/root-token/generate-root-token";
import type { SealReport } from "../src/operations/seal/seal-instance";
import type { InstanceStatus } from "../src/operations/status/inspect";
import type { StepDownReport } from "../src/operations/step-down/step-down";
import { buildProgram, commandName, runnableCommands } from "../src/cli/program";
import type { KeyOutcome } from "../src/operations/central/give-key";
import type { CentralRestoreReport } from "../src/operations/central/restore-central";
import type { ServerState } from "../src/operations/central/server-states";
import type { CentralManifest } from "../src/operations/snapshot/manifest";
import type { Stored } from "../src/operations/snapshot/series";
import type { RestoreReport } from "../src/operations/snapshot/restore-snapshot";
import type { PromotionReport } from "../src/operations/snapshot/standby";
import type { StoredSnapshot } from "../src/operations/snapshot/stored-snapshots";
import type { UserReport, UserState } from "../src/operations/users/manage-users";
import type { UnsealReport } from "../src/operations/unseal/unseal-instance";

const FILE = resolve(__dirname, "..", "docs", "commands.md");
const BEGIN = "<!-- begin: npm run docs:commands writes this -->";
const END = "<!-- end -->";

/** Output of a command with `--json`. */
interface Result {
  readonly example: unknown;
  /** Explanations of fields whose names are not enough. */
  readonly notes: readonly string[];
}

const RESULTS: Readonly<Record<string, Result>> = {
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
  "certificates list": {
    example: {
      instance: "customer10/main",
      certificates: [
        {
          mount: "pki",
          serial: "24:6c:56:aa:86:97:0f:5b:2e:06:78:78:a1:65:6f:cc:f8:df:20:b1",
          commonName: "web.customer10.internal",
          names: ["DNS:web.customer10.internal"],
          issued: "2026-11-27T09:00:00.000Z",
          expires: "2026-11-30T09:00:30.000Z",
          ca: false,
        },
      ] satisfies readonly StoredCertificate[],
    },
    notes: [
      "`issued` is the beginning of the validity, which roles date back by half a minute.",
      "A certificate that was revoked also has `revoked`. Roles with `noStore` store none, so they are not listed.",
    ],
  },
  "certificates revoke": {
    example: {
      instance: "customer10/main",
      revoked: [
        {
          mount: "pki",
          serial: "24:6c:56:aa:86:97:0f:5b:2e:06:78:78:a1:65:6f:cc:f8:df:20:b1",
          commonName: "web.customer10.internal",
          expires: "2026-11-30T09:00:30.000Z",
        },
      ],
      already: 0,
    } satisfies RevocationReport & { readonly instance: string },
    notes: [
      "`already` is the number of those that were revoked before. Dates select no certificate of a CA, and none that has expired.",
    ],
  },
  authority: {
    example: {
      instance: "customer10/main",
      mount: "pki",
      issuer: "exported-1a2b3c4d",
      steps: ["generate-key", "certify", "keep-certificate"],
    } satisfies AuthorityReport & { readonly instance: string },
    notes: [
      "`steps` is what this run did: `generate-key`, `certify`, `keep-certificate`, `import` and `name`. It is empty if the mount had the CA.",
      "For the key of an SSH authority, `issuer` is its fingerprint, and the only step is `import`.",
    ],
  },
  database: {
    example: {
      instance: "customer10/main",
      mount: "database/cache",
      connection: "cache",
      steps: ["write"],
    } satisfies PasswordReport & { readonly instance: string },
    notes: [
      "`steps` is what this run did: `write` if it wrote the password, or `verify` if it had been written. It is empty if there was nothing to do.",
    ],
  },
  placeholders: {
    example: {
      instance: "customer10/main",
      written: ["kv/company1/web/web-dev/smtp"],
      existing: 4,
    } satisfies PlaceholdersReport & { readonly instance: string },
    notes: [
      "`written` has the paths that this run wrote. `existing` is the number of the others, which it left alone.",
    ],
  },
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
  "user add": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: [
      "Without `--json`, it is the wrapping token alone. The first who unwraps it has the login, so hand it to the user by a channel of its own.",
      "The login can be used once, until `expires`. A second `add`, `rotate` or `reset` voids it.",
      "`expires` is the end of the wrapping, which `--valid` sets. The login in it ends after `firstLoginTtl` of the tenant file, if that is sooner.",
    ],
  },
  "user rotate": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: ["As for `user add`. The present password works until another one is chosen."],
  },
  "user reset": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: ["As for `user add`. The user has no password, and its tokens are revoked."],
  },
  "user mfa": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: [
      "As for `user add`. The wrapping contains the address for an authenticator app, as `url`. The former second factor is void at once.",
    ],
  },
  "user list": {
    example: [{ name: "alice", disabled: false, lockedOut: true, needsSecondFactor: false }] satisfies UserState[],
    notes: [
      "`lockedOut` is whether failed logins keep the user out, for some minutes.",
      "`needsSecondFactor` is whether the user logs in with a code only. No server tells whether the user has a second factor.",
    ],
  },
  "user disable": {
    example: { user: "alice", disabled: true } satisfies UserReport,
    notes: ["Tokens of the user, and what they requested, are revoked."],
  },
  "user enable": {
    example: { user: "alice", disabled: false } satisfies UserReport,
    notes: ["It also ends a lock after failed logins."],
  },
  "user remove": {
    example: { user: "alice", disabled: true } satisfies UserReport,
    notes: ["Then remove the user from the tenant file and deploy."],
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
        seal: "shamir",
        shares: 5,
        threshold: 3,
        complete: true,
      },
    ] satisfies readonly StoredSnapshot[],
    notes: [
      "The newest snapshot is the first. These are the manifests, with `complete`: whether the snapshot beside the manifest has its size.",
      "`recordVersion` is the version of the record whose keys open the data, and `shares` and `threshold` are their number and threshold.",
    ],
  },
  "snapshot prune": {
    example: { instance: "customer10/main", removed: ["customer10.main.20261020T001530123Z"] },
    notes: [
      "The newest complete snapshot always stays, and so does every file that is not a snapshot of the instance.",
    ],
  },
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
  "migrate-seal": { example: { instance: "customer10/main", seal: "transit" }, notes: [] },
  mirror: {
    example: [
      { path: "customers/customer10/main", written: 1, kept: false },
      { path: "access/customer10/main/apply", written: 0, kept: false },
    ],
    notes: [
      "`written` is the number of versions that the mirror lacked. `kept` is true if the secret is deleted in the central Vault.",
      "A secret that is not mirrored has `error` instead. The exit code is then 1.",
    ],
  },
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
  watch: {
    example: {},
    notes: [
      "It runs until it is interrupted, and then ends with 0. Its progress is on standard error: see [Watch the fleet](operating/watch.md).",
    ],
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
  preflight: {
    example: {
      tenant: "customer10",
      problems: [
        "customer10-config reads the secret operator/customer10/postgresql of the central Vault, which does not exist; write it: vault kv put operator/customer10/postgresql password=...",
      ],
    },
    notes: [
      "It synthesizes the project and reads the result, so it checks what `cdktf deploy` would do now. It writes nothing anywhere.",
      "It checks the central Vault and the token; each secret and field that the stacks read; the instances that already run; Terraform, the providers and the state; Kubespray and its variables.",
      "It reads the states from their backends, whose credentials it needs as Terraform does.",
      "If the environment has the credentials of the cloud, it also checks what the stack names there: networks, routes of floating IPs, images, flavors, key pairs and types of volumes. It compares machines, cores, memory, networks, ports, floating IPs and volumes with what is free of the quota. `clouds.yaml` is not read.",
      "It names nodes, volumes and gateways that the next deployment [would destroy](operating/remove-nodes.md).",
    ],
  },
  kubespray: {
    example: { tenant: "customer10", apiAddress: "203.0.113.5", kubeconfig: "clusters/customer10" },
    notes: ["`kubeconfig` is the place of the kubeconfig in the central Vault."],
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

/** Returns the page with the generated section. */
export async function withCommands(page: string): Promise<string> {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/commands.md needs "${BEGIN}" and "${END}".`);
  const sections = runnableCommands(buildProgram(() => Promise.resolve())).map(section);
  const text = [before, BEGIN, "\n\n", sections.join("\n"), "\n", END, after].join("");
  return formatted(FILE, text);
}

function section(command: Command): string {
  const name = commandName(command);
  const result = RESULTS[name];
  if (result === undefined)
    throw new Error(`RESULTS has no entry for ${name}; describe its output in scripts/commands-reference.ts.`);
  const operands = command.registeredArguments.map(operand).join(" ");
  const rows = command.options.map(row).join("\n");
  const notes = result.notes.map((note) => `- ${note}\n`).join("");
  return `### ${name}

\`\`\`text
tenant-vault ${name} ${operands} [options]
\`\`\`

${sentence(command.description())}

| option | meaning |
| --- | --- |
${rows}

\`--json\` prints, for example:

\`\`\`json
${JSON.stringify(result.example, undefined, 2)}
\`\`\`

${notes}`;
}

function operand(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function row({ flags, description, defaultValue }: Option): string {
  const byDefault = defaultValue === undefined ? "" : ` Default: ${String(defaultValue)}.`;
  return `| \`${flags}\` | ${sentence(description)}${byDefault} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function main(): Promise<void> {
  writeFileSync(FILE, await withCommands(readFileSync(FILE, "utf8")));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(String(error));
    process.exitCode = 1;
  });
}
