import { expect, test } from "vitest";
import type { WatchOptions } from "../../../../src/cli/watch";
import type { Execute } from "../../../../src/cli/define";
import { buildProgram } from "../../../../src/cli/program";
import { Duration, NetworkPeer, ValidationError, WatchLogin } from "../../../../src/index";
import { isSelected, parseShard } from "../../../../src/watch/selection";
import { synthesizeWatch, type WatchSetting } from "../../../support/changes/unseal-watch";
import { read } from "../../../support/markdown";
import { addresses, only } from "../../../support/synth";
import { CERTIFICATE } from "../../../support/certificate";

interface Container {
  readonly args: string[];
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly value_from?: object }[];
}

function containerOf(setting: WatchSetting = {}): Container {
  const { spec } = only(synthesizeWatch(setting).resource, "kubernetes_stateful_set_v1") as {
    spec: { template: { spec: { container: Container[] } } };
  };
  const [container] = spec.template.spec.container;
  if (container === undefined) throw new Error("The pods have no container.");
  return container;
}

test("by default is one pod in a namespace of its own", () => {
  expect(synthesizeWatch()).toMatchSnapshot();
});

test("has stable addresses", () => {
  expect(addresses(synthesizeWatch({ caCertificate: CERTIFICATE }).resource)).toEqual([
    "kubernetes_config_map_v1.watch_ca",
    "kubernetes_namespace_v1.watch",
    "kubernetes_network_policy_v1.watch_policy",
    "kubernetes_pod_disruption_budget_v1.watch_budget",
    "kubernetes_service_account_v1.watch_account",
    "kubernetes_service_v1.watch_service",
    "kubernetes_stateful_set_v1.watch_pods",
    "vault_jwt_auth_backend_role.watch_role",
  ]);
});

test("runs a command that the program has, and each pod finds its own shard", async () => {
  const ran: WatchOptions[] = [];
  const execute: Execute = (options) => Promise.resolve(void ran.push(options as WatchOptions));
  for (const ordinal of [0, 1, 2]) {
    const args = containerOf({ shards: 3 }).args.map((text) =>
      text.replace("$(POD_NAME)", `tenant-vault-watch-${ordinal}`),
    );
    await buildProgram(execute).parseAsync(args, { from: "user" });
  }
  const shards = ran.map(({ shard = "" }) => parseShard(shard));
  expect(shards).toEqual([1, 2, 3].map((index) => ({ index, count: 3 })));
  expect(shards.filter((shard) => isSelected("customer10/main", { shard }))).toHaveLength(1);
  expect(ran.map(({ listen }) => listen)).toEqual(Array(3).fill("0.0.0.0:9764"));
});

test("logs in with a token of its ServiceAccount, and the role takes no other", () => {
  const { resource } = synthesizeWatch();
  expect(only(resource, "vault_jwt_auth_backend_role")).toMatchObject({
    backend: "operator-cluster",
    role_name: "watch",
    bound_audiences: ["vault"],
    bound_subject: "system:serviceaccount:tenant-vault-watch:tenant-vault-watch",
    token_policies: ["tenant-vault-watch"],
  });
  const values = Object.fromEntries(containerOf().env.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({ TENANT_VAULT_JWT_LOGIN: "operator-cluster", TENANT_VAULT_JWT_ROLE: "watch" });
});

test("logs in by the method kubernetes", () => {
  const { resource } = synthesizeWatch({ login: WatchLogin.kubernetes("k8s", "central"), namespace: "watchers" });
  expect(only(resource, "vault_kubernetes_auth_backend_role")).toMatchObject({
    backend: "k8s",
    audience: "central",
    bound_service_account_names: ["tenant-vault-watch"],
    bound_service_account_namespaces: ["watchers"],
    token_policies: ["tenant-vault-watch"],
  });
  expect(JSON.stringify(only(resource, "kubernetes_stateful_set_v1"))).toContain('"audience":"central"');
});

test("is reached by the monitoring alone, and reaches what egress names", () => {
  const policyOf = (setting: WatchSetting) =>
    (only(synthesizeWatch(setting).resource, "kubernetes_network_policy_v1") as { spec: object }).spec;
  expect(policyOf({})).toMatchObject({ pod_selector: {}, policy_types: ["Ingress", "Egress"], egress: [{}] });
  expect(policyOf({})).toHaveProperty("ingress", []);
  const limited = policyOf({
    monitoringNamespace: "monitoring",
    egress: [{ port: 8200, to: NetworkPeer.cidr("10.0.0.0/8"), reason: "instances" }],
  });
  expect(limited).toMatchObject({
    ingress: [{ ports: [{ port: "9764" }] }],
    egress: [{ ports: [{ port: "53" }, { port: "53" }] }, { ports: [{ port: "8200" }], to: [{ ip_block: {} }] }],
  });
});

test("takes the webhook from a Secret, and the CA from a file", () => {
  const { env } = containerOf({ webhook: { secret: "hook", key: "url" }, caCertificate: CERTIFICATE });
  expect(env).toContainEqual({
    name: "TENANT_VAULT_WEBHOOK",
    value_from: { secret_key_ref: { name: "hook", key: "url" } },
  });
  expect(env).toContainEqual({ name: "VAULT_CACERT", value: "/etc/tenant-vault/ca/ca.pem" });
});

test.each([0, 1.5, 101])("fails if there are %s shards", (shards) => {
  expect(() => synthesizeWatch({ shards })).toThrow(ValidationError);
  expect(() => synthesizeWatch({ shards })).toThrow(/There cannot be .* shards; write a whole number from 1 to 100/);
});

test("the Dockerfile runs the packed command as the user of the pods", () => {
  const dockerfile = read("Dockerfile");
  const { bin, files } = JSON.parse(read("package.json")) as { bin: Record<string, string>; files: string[] };
  const command = bin["tenant-vault"] ?? "";
  expect(files).toContain(command.split("/")[0]);
  expect(dockerfile).toContain(`ENTRYPOINT ["node", "/opt/tenant-vault/node_modules/tenant-vault/${command}"]`);
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  expect(Number(user)).toBeGreaterThan(0);
  expect(JSON.stringify(synthesizeWatch().resource)).toContain(`"run_as_user":"${user}"`);
  expect(dockerfile).not.toMatch(/ADD https?:|VAULT_TOKEN|SECRET_ID/);
});

test("watchers of a share group send its shares, and log in with its policy alone", () => {
  const setting = { shareGroup: "site-a" };
  expect(containerOf(setting).args.slice(-2)).toEqual(["--share-group", "site-a"]);
  expect(only(synthesizeWatch(setting).resource, "vault_jwt_auth_backend_role")).toMatchObject({
    role_name: "watch-site-a",
    token_policies: ["tenant-vault-watch-site-a"],
  });
  const role = containerOf(setting).env.find(({ name }) => name === "TENANT_VAULT_JWT_ROLE");
  expect(role?.value).toBe("watch-site-a");
});

test("fails if watchers of a share group should renew what expires", () => {
  const setting = { shareGroup: "site-a", maintenanceEvery: Duration.days(1) };
  expect(() => synthesizeWatch(setting)).toThrow(
    /The watchers of the share group "site-a" read no record, so they cannot renew anything; remove maintenanceEvery\./,
  );
});
