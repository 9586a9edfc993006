import { expect, test } from "vitest";
import type { Execute } from "../../../../src/cli/define";
import { buildProgram } from "../../../../src/cli/program";
import { ValidationError } from "../../../../src/index";
import { RECIPIENTS, synthesizeSnapshots, type SnapshotsSetting } from "../../../support/changes/raft-snapshots";
import { addresses, only } from "../../../support/synth";
import { CERTIFICATE } from "../../../support/certificate";

interface Container {
  readonly name: string;
  readonly args: string[];
  readonly env: readonly { readonly name: string; readonly value_from?: { readonly secret_key_ref: object } }[];
  readonly volume_mount?: object[];
}

interface Pod {
  readonly init_container?: Container[];
  readonly container: Container[];
}

function podOf(setting: SnapshotsSetting = {}): Pod {
  const { spec } = only(synthesizeSnapshots(setting).resource, "kubernetes_cron_job_v1") as {
    spec: { job_template: { spec: { template: { spec: Pod } } } };
  };
  return spec.job_template.spec.template.spec;
}

test("by default saves once a day in a namespace of its own", () => {
  expect(synthesizeSnapshots()).toMatchSnapshot();
});

test("has stable addresses, and a job per instance", () => {
  const setting = { caCertificate: CERTIFICATE, instances: ["customer10/main", "customer11/main"] };
  expect(addresses(synthesizeSnapshots(setting).resource)).toEqual([
    "kubernetes_config_map_v1.snapshots_ca",
    "kubernetes_cron_job_v1.snapshots_customer10_main",
    "kubernetes_cron_job_v1.snapshots_customer11_main",
    "kubernetes_namespace_v1.snapshots",
    "kubernetes_network_policy_v1.snapshots_policy",
    "kubernetes_service_account_v1.snapshots_account",
    "vault_jwt_auth_backend_role.snapshots_role",
  ]);
});

test("runs commands that the program has, and prunes after it has saved", async () => {
  const { init_container = [], container } = podOf({ keep: 7, keepDays: 30 });
  const ran: unknown[] = [];
  const execute: Execute = (options) => Promise.resolve(void ran.push(options));
  for (const { args } of [...init_container, ...container]) {
    await buildProgram(execute).parseAsync(args, { from: "user" });
  }
  expect(ran).toEqual([
    { json: true, target: "s3://backups/vault", recipient: RECIPIENTS, timeout: 3600 },
    { json: true, target: "s3://backups/vault", keep: 7, keepDays: 30 },
  ]);
  expect(container[0]?.args.slice(0, 3)).toEqual(["snapshot", "prune", "customer10/main"]);
  expect(podOf().container.map(({ args }) => args.slice(0, 3))).toEqual([["snapshot", "save", "customer10/main"]]);
});

test("logs in with a token of its ServiceAccount, as a role that writes nothing", () => {
  expect(only(synthesizeSnapshots().resource, "vault_jwt_auth_backend_role")).toMatchObject({
    role_name: "snapshots",
    bound_subject: "system:serviceaccount:tenant-vault-snapshots:tenant-vault-snapshots",
    token_policies: ["tenant-vault-watch"],
  });
  expect(podOf().container[0]?.env).toContainEqual({ name: "TENANT_VAULT_JWT_ROLE", value: "snapshots" });
});

test("both containers trust the CA of the storage, and only the one that logs in that of the central Vault", () => {
  const setting = { keep: 7, endpoint: "https://storage.example", endpointCaCertificate: CERTIFICATE };
  const both = synthesizeSnapshots({ ...setting, caCertificate: CERTIFICATE.repeat(2) });
  expect(only(both.resource, "kubernetes_config_map_v1")).toMatchObject({
    data: { "ca.pem": CERTIFICATE.repeat(2), "storage-ca.pem": CERTIFICATE },
  });
  const { init_container: [save] = [], container } = podOf(setting);
  const bundle = { name: "AWS_CA_BUNDLE", value: "/etc/tenant-vault/ca/storage-ca.pem" };
  for (const one of [save, container[0]]) {
    expect(one?.env).toContainEqual(bundle);
    expect(one?.volume_mount).toContainEqual({ name: "ca", mount_path: "/etc/tenant-vault/ca", read_only: true });
    expect((one?.env ?? []).map(({ name }) => name)).not.toContain("VAULT_CACERT");
  }
});

test("only the container that prunes has the access key that deletes, and no login", () => {
  const { init_container: [save] = [], container } = podOf({ keep: 7, pruneCredentialsSecret: "prune" });
  const secrets = (one: Container | undefined) => (one?.env ?? []).flatMap(({ value_from }) => value_from ?? []);
  expect(secrets(save)).toMatchObject([
    { secret_key_ref: { name: "storage" } },
    { secret_key_ref: { name: "storage" } },
  ]);
  expect(secrets(container[0])).toMatchObject([
    { secret_key_ref: { name: "prune", key: "AWS_ACCESS_KEY_ID" } },
    { secret_key_ref: { name: "prune", key: "AWS_SECRET_ACCESS_KEY" } },
  ]);
  expect(container[0]?.volume_mount ?? []).toEqual([]);
  expect(container[0]?.env.map(({ name }) => name)).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
});

test.each<[string, SnapshotsSetting]>([
  ["snapshot-instances", { instances: [] }],
  ["snapshot-instances", { instances: ["customer10"] }],
  ["snapshot-instances", { instances: ["a--b/c"] }],
  ["snapshot-instances", { instances: ["a/b", "a/b"] }],
  ["snapshot-instances", { instances: [`a/${"b".repeat(50)}`] }],
  ["address-clash", { instances: ["a-b/c", "a/b-c"] }],
  ["snapshot-recipients", { recipients: [] }],
  ["snapshot-recipients", { recipients: ["AGE-SECRET-KEY-1ABC"] }],
  ["snapshot-schedule", { schedule: "@daily" }],
  ["snapshot-schedule", { schedule: "0 3 * *" }],
  ["snapshot-storage", { target: "file:/backups" }],
  ["snapshot-storage", { endpoint: "http://storage" }],
  ["snapshot-retention", { keep: 0 }],
  ["snapshot-retention", { keepDays: 30 }],
])("fails with %s for %j", (code, setting) => {
  expect(() => synthesizeSnapshots(setting)).toThrow(expect.objectContaining({ code }) as ValidationError);
});

test("does not show a private key that is given as a recipient", () => {
  expect(() => synthesizeSnapshots({ recipients: ["AGE-SECRET-KEY-1ABC"] })).toThrow(/Recipient 1 is not a valid/);
  expect(() => synthesizeSnapshots({ recipients: ["AGE-SECRET-KEY-1ABC"] })).not.toThrow(/SECRET-KEY/);
});
