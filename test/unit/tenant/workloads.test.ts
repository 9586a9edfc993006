import { CERTIFICATE } from "../../support/certificate";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { RootCa } from "../../../src";
import { defineTenant, InstanceConfig } from "../../../src/tenant";
import { HelmProvider } from "../../../src/terraform/providers/kubernetes";
import { checkTenant } from "../../../src/tenant/tenant-schema";
import { synthesizeInVault, type Synthesized } from "../../support/synth";
import { REMOVED, RIGHT, withFields } from "../../support/tenant-file";

const SECRETS = [
  { type: "key-value", name: "settings", path: "kv/sample/dev" },
  { type: "database", name: "orders", role: "orders/readonly" },
  { type: "certificate", name: "tls", role: "web", commonName: "a.customer10.internal", ttl: "24h" },
] as const;

/** Values of a right file with a workload, by the paths of their fields. */
const WITH_WORKLOAD: Readonly<Record<string, unknown>> = {
  "instances.0.deployment.kubernetesAuth": true,
  "instances.0.logins": { kubernetes: {} },
  "instances.0.workloads": [
    {
      name: "sample",
      namespace: "apps",
      serviceAccount: "sample",
      delivery: { type: "external-secrets" },
      secrets: SECRETS,
    },
  ],
};

function fileWith(setting: Readonly<Record<string, unknown>>): object {
  return withFields({ ...WITH_WORKLOAD, ...setting });
}

const INJECTED = { "instances.0.workloads.0.delivery": { type: "agent-injector" } };

function config(setting: Readonly<Record<string, unknown>>, caCertificate?: string): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    new HelmProvider(stack, "Helm");
    const [instance] = defineTenant(fileWith(setting) as never).instances;
    if (instance === undefined) throw new Error("There is no instance.");
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
    const props = { tenant: "customer10", instance, rootCa, provider, centralProvider, caCertificate };
    const made = new InstanceConfig(stack, "main", props);
    outputs = made.outputs;
  });
}

let outputs: InstanceConfig["outputs"] = {};

describe("workloads of a tenant file", () => {
  test("have a role of their own, and objects that come from the engines of the instance", () => {
    const { resource } = config({}, CERTIFICATE);
    expect(Object.keys(resource.helm_release ?? {})).toEqual([
      "main_workload_sample_login",
      "main_workload_sample_secrets",
    ]);
    const { values } = resource.helm_release?.main_workload_sample_login as { values: readonly string[] };
    expect((parse(values[0] ?? "") as { objects: object[] }).objects).toMatchObject([
      {
        kind: "SecretStore",
        spec: {
          provider: {
            vault: {
              server: RIGHT.instances[0].address,
              path: "kv",
              caBundle: Buffer.from(CERTIFICATE).toString("base64"),
            },
          },
        },
      },
      { kind: "VaultDynamicSecret", spec: { path: "database/orders/creds/readonly" } },
      { kind: "VaultDynamicSecret", spec: { path: "pki/issue/web" } },
    ]);
    expect(resource.vault_kubernetes_auth_backend_role?.main_workload_sample_role_login_kubernetes).toMatchObject({
      role_name: "sample",
      bound_service_account_namespaces: ["apps"],
    });
  });

  test("by the agent injector have an output for the template of the pods", () => {
    config(INJECTED);
    const { workload_sample: output = "" } = outputs as Record<string, string>;
    expect(parse(output)).toMatchObject({
      metadata: { annotations: { "vault.hashicorp.com/role": "sample" } },
      spec: { serviceAccountName: "sample", volumes: [{ name: "vault-token" }] },
    });
    config({});
    expect(outputs).not.toHaveProperty("workload_sample");
  });

  test("log in at servers in their own cluster, which review tokens with their own service account", () => {
    const { resource } = config({});
    const own = resource.vault_kubernetes_auth_backend_config?.main_kubernetes_config;
    expect(own).toEqual({
      provider: "vault.instance",
      backend: "${vault_auth_backend.main_kubernetes.path}",
      kubernetes_host: "https://kubernetes.default.svc",
      disable_local_ca_jwt: false,
    });
    expect(resource.vault_kubernetes_auth_backend_role?.main_workload_sample_role_login_kubernetes).toMatchObject({
      bound_service_account_names: ["sample"],
      bound_service_account_namespaces: ["apps"],
      audience: "vault",
      token_period: 3600,
      token_policies: ["${vault_policy.main_workload_sample_role_policy.name}"],
    });
  });

  test("have the audience, the period and the networks of the file", () => {
    const at = "instances.0.workloads.0";
    const setting = { [`${at}.audience`]: "web", [`${at}.tokenPeriod`]: "2h", [`${at}.boundCidrs`]: ["10.0.0.0/8"] };
    const { resource } = config(setting);
    expect(resource.vault_kubernetes_auth_backend_role?.main_workload_sample_role_login_kubernetes).toMatchObject({
      audience: "web",
      token_period: 7200,
      token_bound_cidrs: ["10.0.0.0/8"],
    });
  });

  test("may get what the file names, and nothing else", () => {
    const { policy = "" } = config(INJECTED).resource.vault_policy?.main_workload_sample_role_policy as {
      policy?: string;
    };
    const paths = [...policy.matchAll(/^path "([^"]+)"/gm)].map(([, path = ""]) => path);
    expect(paths).toEqual([
      "database/orders/creds/readonly",
      ...["data", "metadata"].flatMap((part) => [`kv/${part}/sample/dev`, `kv/${part}/sample/dev/*`]),
      "pki/issue/web",
    ]);
  });

  test("by Vault Secrets Operator are restarted where the file says so, and in production only if it insists", () => {
    const kinds = (restart: object) => {
      const delivery = { type: "vault-secrets-operator", restart };
      const { resource } = config({ "instances.0.workloads.0.delivery": delivery });
      return Object.values(resource.helm_release ?? {})
        .flatMap(({ values }) => values as string[])
        .flatMap((text) => (parse(text) as { objects?: { kind: string; spec: object }[] }).objects ?? []);
    };
    const targets = [{ kind: "Deployment", name: "sample" }];
    expect(kinds({ environment: "dev", targets }).map(({ kind }) => kind)).toEqual([
      "VaultConnection",
      "VaultAuth",
      "VaultStaticSecret",
      "VaultDynamicSecret",
      "VaultDynamicSecret",
    ]);
    const restarted = (restart: object): boolean => JSON.stringify(kinds(restart)).includes("rolloutRestartTargets");
    expect([
      restarted({ environment: "dev", targets }),
      restarted({ environment: "prod", targets }),
      restarted({ environment: "prod", targets, inProduction: true }),
    ]).toEqual([true, false, true]);
  });

  test("of a retired instance lose their objects, because its data alone is kept", () => {
    const { removed = [], ...json } = config({ "instances.0.retired": true });
    expect(JSON.stringify(json)).not.toContain("helm_release");
    expect(removed.map(({ from }) => from).filter((from) => from.includes("workload"))).toEqual([
      "vault_policy.main_workload_sample_role_policy",
      "vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes",
    ]);
  });
});

describe("a wrong workload gets a line", () => {
  const at = "instances.0.workloads.0";
  const where = "instances[0].workloads[0]";
  test.each<[setting: Readonly<Record<string, unknown>>, lines: readonly string[]]>([
    [
      { "instances.0.logins": REMOVED },
      ['instances[0].workloads: need the login of pods; add the field "kubernetes" to logins'],
    ],
    [{ [`${at}.name`]: "web" }, [`${where}.name: "web" is the name of a role or policy; choose another name`]],
    [
      { [`${at}.name`]: "a".repeat(46) },
      [
        `${where}.name: "${"a".repeat(46)}" is not a valid name of a workload; write up to 45 characters a-z, 0-9 and -, beginning and ending with a letter or digit`,
      ],
    ],
    [
      { [`${at}.serviceAccount`]: "*" },
      [
        `${where}: "apps/*" is not a service account of Kubernetes; write the name of one namespace and of one service account, without "*"`,
      ],
    ],
    [{ [`${at}.secrets`]: [] }, [`${where}.secrets: is empty; list what the workload gets, or remove the workload`]],
    [
      { [`${at}.secrets.0.path`]: "other/sample" },
      [`${where}.secrets[0].path: "other/sample" is not below a keyValue mount; begin it with one of: kv/`],
    ],
    [
      { [`${at}.secrets.0.path`]: "kv/{{identity.entity.id}}" },
      [`${where}.secrets[0].path: "kv/{{identity.entity.id}}" has a template, but is one secret; write names alone`],
    ],
    [
      { [`${at}.secrets.1.role`]: "orders/admin" },
      [`${where}.secrets[1].role: "orders/admin" does not exist; define it, or use one of: orders/readonly`],
    ],
    [
      { [`${at}.secrets.2.role`]: "api" },
      [`${where}.secrets[2].role: "api" does not exist; define it, or use one of: web`],
    ],
    [
      { [`${at}.secrets.2.ttl`]: "96h" },
      [
        `${where}.secrets[2].role: issues certificates of up to 72h, but ttl is 96h; reduce ttl, or raise maxTtl of the role`,
      ],
    ],
    [
      { [`${at}.secrets.2.renewBefore`]: "24h" },
      [
        `${where}.secrets[2]: The certificate tls has a renewBefore of 24h, not shorter than its ttl of 24h; shorten renewBefore`,
      ],
    ],
    [
      { [`${at}.secrets.1.name`]: "settings" },
      [`${where}.secrets[1].name: "settings" is used twice; choose another name`],
    ],
    [
      { "instances.0.workloads.1": { ...first(), name: "second" } },
      SECRETS.map(
        ({ name }, index) =>
          `instances[0].workloads[1].secrets[${index}].name: "${name}" is used twice; choose another name`,
      ),
    ],
    [
      { "instances.0.workloads.1": { ...first(), namespace: "other" } },
      ['instances[0].workloads[1].name: "sample" is used twice; choose another name'],
    ],
    [
      { "instances.0.logins.kubernetes.caCertificate": CERTIFICATE },
      [
        `${where}.delivery: needs objects in the cluster of the pods, which is another one than that of the tenant, because logins.kubernetes has a caCertificate; use agent-injector, or a Workload in a stack of that cluster`,
      ],
    ],
    [{ ...INJECTED, "instances.0.logins.kubernetes.caCertificate": CERTIFICATE }, []],
    [
      { ...external(), cluster: REMOVED },
      [
        `${where}.delivery: needs a cluster for its objects; add the field "cluster" to the tenant, or use agent-injector`,
      ],
    ],
    [{ ...external(), ...INJECTED, cluster: REMOVED }, []],
  ])("%j", (setting, lines) => {
    const checked = checkTenant(fileWith(setting));
    const found = "problems" in checked ? checked.problems.map(({ field, reason }) => `${field}: ${reason}`) : [];
    expect(found).toEqual(lines);
  });
});

function first(): object {
  const [workload] = WITH_WORKLOAD["instances.0.workloads"] as readonly object[];
  return workload ?? {};
}

/** Servers outside a cluster of the tenant. */
function external(): Readonly<Record<string, unknown>> {
  const deployment = { mode: "external", addresses: ["https://10.0.0.1:8200"] };
  return { "instances.0.deployment": deployment, "instances.0.seal": REMOVED };
}
