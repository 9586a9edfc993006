import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  Database,
  Duration,
  DynamicDb,
  KeyValue,
  KubernetesLogin,
  parsePolicy,
  RootCa,
  SecretRef,
  TenantPKI,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
  type CertificateContent,
  type LayerStack,
  type VaultSecretsOperatorProps,
  type WorkloadProps,
} from "../../../../src/index";
import type { IWorkloadDelivery, KubernetesObject } from "../../../../src/spi";
import { parseYaml } from "../../../../src/core/yaml";
import { HelmProvider } from "../../../../src/terraform/providers/kubernetes";
import { all } from "../../../support/all";
import { checkOperatorObject } from "../../../support/operator-objects";
import { addresses, only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { CERTIFICATE } from "../../../support/certificate";

interface Engines {
  readonly kv: KeyValue;
  readonly orders: DynamicDb;
  readonly pki: TenantPKI;
}

const CONTENT: CertificateContent = { commonName: "web.a.example", ttl: Duration.hours(24) };

/** A workload that gets a secret of each kind. */
function workload(
  delivery: IWorkloadDelivery,
  props: Partial<WorkloadProps> = {},
  secrets = everySecret,
): Synthesized & { readonly pod: Workload["pod"] } {
  const json = synthesizeInVault((stack, { provider, centralProvider }) => {
    new HelmProvider(stack, "Helm");
    const login = new KubernetesLogin(stack, "Kubernetes", { provider });
    const engines = enginesOf(stack, provider, centralProvider);
    const made = new Workload(stack, "Sample", {
      name: "sample",
      namespace: "apps",
      serviceAccount: "sample-account",
      login,
      server: { address: "https://main.example:8200" },
      delivery,
      secrets: secrets(engines),
      provider,
      ...props,
    });
    if (made.pod !== undefined) new TerraformOutput(stack, "pod", { value: made.pod });
  });
  // Without outputs there is no such part.
  const { output: outputs = {} } = json as Partial<Synthesized>;
  return { ...json, pod: outputs.pod?.value as Workload["pod"] };
}

function enginesOf(
  stack: LayerStack,
  provider: NonNullable<WorkloadProps["provider"]>,
  centralProvider: NonNullable<WorkloadProps["provider"]>,
): Engines {
  const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
  return {
    kv: new KeyValue(stack, "Kv", { mount: "kv", provider }),
    orders: new DynamicDb(stack, "Orders", {
      name: "orders",
      database: Database.postgresql({
        host: "postgres",
        database: "orders",
        username: "vault",
        password: SecretRef.centralVault({ mount: "operator", path: "db", field: "password" }),
      }),
      roles: [{ name: "readonly", defaultTtl: Duration.hours(2) }],
      staticRoles: [{ name: "app", username: "app" }],
      provider,
      centralProvider,
    }),
    pki: new TenantPKI(stack, "Pki", {
      commonName: "CA",
      address: "https://main.example:8200",
      rootCa,
      roles: [{ name: "web", allowedDomains: ["a.example"] }],
      provider,
    }),
  };
}

function everySecret({ kv, orders, pki }: Engines): WorkloadSecret[] {
  return [
    WorkloadSecret.keyValue({ name: "settings", keyValue: kv, path: "sample/dev" }),
    WorkloadSecret.database({ name: "orders", database: orders, role: "readonly" }),
    WorkloadSecret.database({ name: "legacy", database: orders, role: "app" }),
    WorkloadSecret.certificate({ name: "tls", role: pki.role("web"), ...CONTENT }),
  ];
}

const settingsAlone = ({ kv }: Engines): WorkloadSecret[] => [
  WorkloadSecret.keyValue({ name: "settings", keyValue: kv, path: "sample/dev" }),
];
const certificateAlone =
  (content: Partial<CertificateContent>) =>
  ({ pki }: Engines): WorkloadSecret[] => [
    WorkloadSecret.certificate({ name: "tls", role: pki.role("web"), ...CONTENT, ...content }),
  ];

/** The objects of a release. */
function objects({ resource }: Synthesized, release: "login" | "secrets"): KubernetesObject[] {
  const { values } = resource.helm_release?.[`sample_${release}`] as { values: readonly string[] };
  return (parseYaml(values[0] ?? "") as { objects: KubernetesObject[] }).objects;
}

function specs(json: Synthesized, release: "login" | "secrets"): Record<string, object | undefined> {
  const named = objects(json, release).map(({ kind, metadata, spec }) => [`${kind}/${metadata.name}`, spec] as const);
  return Object.fromEntries(named);
}

/** What the role may do, by paths. */
function rights({ resource }: Synthesized): Record<string, readonly string[]> {
  const { policy } = resource.vault_policy?.sample_role_policy as { policy: string };
  return Object.fromEntries(parsePolicy(policy).map(({ path, capabilities }) => [path, capabilities]));
}

const externalSecrets = WorkloadDelivery.externalSecrets();
const operator = (props?: VaultSecretsOperatorProps) => WorkloadDelivery.vaultSecretsOperator(props);
const injector = WorkloadDelivery.agentInjector();
const LOGIN = "${vault_auth_backend.kubernetes.path}";
const TLS = { server: { address: "https://main.example:8200", namespace: "team", caCertificate: CERTIFICATE } };

describe("Vault Secrets Operator", () => {
  test("has a connection and a login", () => {
    expect(specs(workload(operator()), "login")).toEqual({
      "VaultConnection/sample": { address: "https://main.example:8200", skipTLSVerify: false },
      "VaultAuth/sample": {
        vaultConnectionRef: "sample",
        method: "kubernetes",
        mount: LOGIN,
        kubernetes: { role: "sample", serviceAccount: "sample-account", audiences: ["vault"] },
      },
    });
  });

  test("has an object per secret", () => {
    const destination = (name: string) => ({ name, create: true });
    expect(specs(workload(operator()), "secrets")).toEqual({
      "VaultStaticSecret/settings": {
        vaultAuthRef: "sample",
        type: "kv-v2",
        mount: "kv",
        path: "sample/dev",
        refreshAfter: "5m",
        destination: destination("settings"),
      },
      "VaultDynamicSecret/orders": {
        vaultAuthRef: "sample",
        mount: "database/orders",
        path: "creds/readonly",
        revoke: true,
        destination: destination("orders"),
      },
      "VaultDynamicSecret/legacy": {
        vaultAuthRef: "sample",
        mount: "database/orders",
        path: "static-creds/app",
        allowStaticCreds: true,
        destination: destination("legacy"),
      },
      "VaultDynamicSecret/tls": {
        vaultAuthRef: "sample",
        mount: "pki",
        path: "issue/web",
        params: { common_name: "web.a.example", ttl: "24h", remove_roots_from_chain: "true" },
        renewalPercent: 90,
        refreshAfter: "16h",
        destination: {
          ...destination("tls"),
          type: "kubernetes.io/tls",
          transformation: {
            excludeRaw: true,
            excludes: [".*"],
            templates: {
              "tls.crt": {
                text: '{{ get .Secrets "certificate" }}\n{{ range get .Secrets "ca_chain" }}{{ . }}\n{{ end }}',
              },
              "tls.key": { text: '{{ get .Secrets "private_key" }}\n' },
              "ca.crt": { text: '{{ get .Secrets "issuing_ca" }}\n' },
            },
          },
        },
      },
    });
  });

  test("may revoke leases of its own credentials alone", () => {
    const { resource } = workload(operator());
    const { policy } = resource.vault_policy?.sample_role_policy as { policy: string };
    const revoke = parsePolicy(policy).find(({ path }) => path === "sys/leases/revoke");
    expect(revoke?.allowedParameters).toEqual({ lease_id: ["database/orders/creds/readonly/*"] });
    expect(rights(workload(operator(), {}, settingsAlone))).not.toHaveProperty("sys/leases/revoke");
  });

  test("trusts the CA of the server, in the namespace of the instance", () => {
    const json = workload(operator(), TLS);
    expect(objects(json, "login")).toContainEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "sample-ca" },
      data: { "ca.crt": Buffer.from(CERTIFICATE).toString("base64") },
    });
    expect(specs(json, "login")).toMatchObject({
      "VaultConnection/sample": { caCertSecretRef: "sample-ca" },
      "VaultAuth/sample": { namespace: "team" },
    });
  });

  const targets = [{ kind: "Deployment", name: "web" }] as const;
  test.each<[string, VaultSecretsOperatorProps, readonly object[] | undefined]>([
    ["nothing by default", {}, undefined],
    ["its targets", { restart: { environment: "dev", targets } }, targets],
    ["nothing in prod", { restart: { environment: "prod", targets } }, undefined],
    ["nothing in production", { restart: { environment: "production", targets } }, undefined],
    ["production if it is said", { restart: { environment: "prod", targets, inProduction: true } }, targets],
  ])("restarts %s", (_case, props, expected) => {
    for (const spec of all(Object.values(specs(workload(operator(props)), "secrets"))))
      expect((spec as { rolloutRestartTargets?: object }).rolloutRestartTargets).toEqual(expected);
  });
});

describe("External Secrets Operator", () => {
  const auth = {
    kubernetes: {
      mountPath: LOGIN,
      role: "sample",
      serviceAccountRef: { name: "sample-account", audiences: ["vault"] },
    },
  };
  const server = "https://main.example:8200";

  test("has a source per secret", () => {
    expect(specs(workload(externalSecrets), "login")).toEqual({
      "SecretStore/settings": { provider: { vault: { server, path: "kv", version: "v2", auth } } },
      "VaultDynamicSecret/orders": {
        provider: { server, auth },
        path: "database/orders/creds/readonly",
        method: "GET",
      },
      "VaultDynamicSecret/legacy": {
        provider: { server, auth },
        path: "database/orders/static-creds/app",
        method: "GET",
      },
      "VaultDynamicSecret/tls": {
        provider: { server, auth },
        path: "pki/issue/web",
        method: "POST",
        parameters: { common_name: "web.a.example", ttl: "24h", remove_roots_from_chain: true },
      },
    });
  });

  test("refreshes a secret in time, and credentials and certificates as rarely as they allow", () => {
    const found = specs(workload(externalSecrets, { refreshInterval: Duration.minutes(1) }), "secrets");
    const intervals = Object.entries(found).map(([name, spec]) => [
      name,
      (spec as { refreshInterval: string }).refreshInterval,
    ]);
    expect(Object.fromEntries(intervals)).toEqual({
      "ExternalSecret/settings": "1m",
      "ExternalSecret/orders": "1h",
      "ExternalSecret/legacy": "1m",
      "ExternalSecret/tls": "16h",
    });
  });

  test("takes all keys of a secret, and makes a TLS Secret of a certificate", () => {
    expect(specs(workload(externalSecrets), "secrets")).toMatchObject({
      "ExternalSecret/settings": {
        secretStoreRef: { kind: "SecretStore", name: "settings" },
        target: { name: "settings", creationPolicy: "Owner" },
        dataFrom: [{ extract: { key: "sample/dev" } }],
      },
      "ExternalSecret/tls": {
        target: { template: { type: "kubernetes.io/tls", data: { "tls.key": "{{ .private_key }}\n" } } },
        dataFrom: [{ sourceRef: { generatorRef: { kind: "VaultDynamicSecret", name: "tls" } } }],
      },
    });
  });

  test("trusts the CA of the server, in the namespace of the instance", () => {
    expect(specs(workload(externalSecrets, TLS), "login")).toMatchObject({
      "SecretStore/settings": {
        provider: { vault: { namespace: "team", caBundle: Buffer.from(CERTIFICATE).toString("base64") } },
      },
      "VaultDynamicSecret/tls": { provider: { namespace: "team" } },
    });
  });

  test("fails if credentials would expire with the token that requested them", () => {
    expect(() => workload(externalSecrets, { tokenPeriod: Duration.hours(1) })).toThrow(
      /credentials orders are valid for 2h, but the token that requests them for 1h, and they expire with it; raise tokenPeriod/,
    );
    expect(() => workload(operator(), { tokenPeriod: Duration.hours(1) })).not.toThrow();
  });
});

describe("the agent injector", () => {
  test("has no object, and annotations and a token for the template of the pods", () => {
    const json = workload(injector);
    expect(json.resource.helm_release).toBeUndefined();
    expect(json.pod?.volumes).toEqual([
      {
        name: "vault-token",
        projected: { sources: [{ serviceAccountToken: { audience: "vault", expirationSeconds: 600, path: "token" } }] },
      },
    ]);
    const names = json.pod?.annotations ?? {};
    expect(Object.fromEntries(Object.entries(names).map(([key, value]) => [key.split("/")[1], value]))).toEqual({
      "agent-inject": "true",
      role: "sample",
      "auth-path": `auth/${LOGIN}`,
      service: "https://main.example:8200",
      "agent-service-account-token-volume-name": "vault-token",
      "template-static-secret-render-interval": "5m",
      "agent-inject-secret-settings": "kv/data/sample/dev",
      "agent-inject-template-settings": '{{ with secret "kv/data/sample/dev" }}{{ .Data.data | toJSON }}{{ end }}',
      "agent-inject-secret-orders": "database/orders/creds/readonly",
      "agent-inject-template-orders": '{{ with secret "database/orders/creds/readonly" }}{{ .Data | toJSON }}{{ end }}',
      "agent-inject-secret-legacy": "database/orders/static-creds/app",
      "agent-inject-template-legacy":
        '{{ with secret "database/orders/static-creds/app" }}{{ .Data | toJSON }}{{ end }}',
      "agent-inject-secret-tls": "pki/issue/web",
      "agent-inject-template-tls":
        '{{ with pkiCert "pki/issue/web" "common_name=web.a.example" "ttl=24h" }}{{ .Key }}{{ .Cert }}{{ .CA }}{{ end }}',
    });
  });

  test("trusts the CA of the server, in the namespace of the instance", () => {
    const json = workload(injector, TLS);
    expect(objects(json, "login").map(({ metadata }) => metadata.name)).toEqual(["sample-ca"]);
    expect(json.pod?.annotations).toMatchObject({
      "vault.hashicorp.com/namespace": "team",
      "vault.hashicorp.com/tls-secret": "sample-ca",
      "vault.hashicorp.com/ca-cert": "/vault/tls/ca.crt",
    });
  });

  test("asks for the names of a certificate", () => {
    const content = { altNames: ["b.a.example", "c.a.example"], ipSans: ["192.0.2.1"] };
    const { pod } = workload(injector, {}, certificateAlone(content));
    expect(pod?.annotations["vault.hashicorp.com/agent-inject-template-tls"]).toContain(
      '"alt_names=b.a.example,c.a.example" "ip_sans=192.0.2.1"',
    );
  });
});

describe("every operator", () => {
  test.each([
    [
      "Vault Secrets Operator",
      operator({ restart: { environment: "dev", targets: [{ kind: "Deployment", name: "a" }] } }),
    ],
    ["External Secrets Operator", externalSecrets],
  ])("%s gets objects that its definitions accept", (_name, delivery) => {
    const content = { altNames: ["b.a.example"], ipSans: ["192.0.2.1"], renewBefore: Duration.minutes(90) };
    const json = [
      workload(delivery, TLS),
      workload(delivery, TLS, certificateAlone(content)),
      workload(delivery, {}, settingsAlone),
    ];
    for (const each of json)
      for (const object of all([...objects(each, "login"), ...objects(each, "secrets")])) checkOperatorObject(object);
  });

  test("requests the names and the lifetime of a certificate", () => {
    const content = { altNames: ["b.a.example"], ipSans: ["192.0.2.1"], renewBefore: Duration.hours(1) };
    expect(specs(workload(operator(), {}, certificateAlone(content)), "secrets")).toMatchObject({
      "VaultDynamicSecret/tls": {
        params: { alt_names: "b.a.example", ip_sans: "192.0.2.1" },
        refreshAfter: "23h",
      },
    });
    const json = workload(externalSecrets, {}, certificateAlone(content));
    expect(specs(json, "login")).toMatchObject({
      "VaultDynamicSecret/tls": { parameters: { alt_names: "b.a.example", ip_sans: "192.0.2.1" } },
    });
    expect(specs(json, "secrets")).toMatchObject({ "ExternalSecret/tls": { refreshInterval: "23h" } });
  });
});

describe("the role of a workload", () => {
  test("may get its secrets, and nothing else", () => {
    const more = { "sys/leases/revoke": ["update"] };
    const own = {
      "kv/data/sample/dev": ["read"],
      "kv/data/sample/dev/*": ["read"],
      "kv/metadata/sample/dev": ["read", "list"],
      "kv/metadata/sample/dev/*": ["read", "list"],
      "database/orders/creds/readonly": ["read"],
      "database/orders/static-creds/app": ["read"],
      "pki/issue/web": ["create", "update"],
    };
    expect(rights(workload(externalSecrets))).toEqual(own);
    expect(rights(workload(injector))).toEqual(own);
    expect(rights(workload(operator()))).toEqual({ ...own, ...more });
  });

  test("is for one service account, with tokens that are valid as long as they are renewed", () => {
    const role = (props: Partial<WorkloadProps>, secrets = everySecret) =>
      only(workload(externalSecrets, props, secrets).resource, "vault_kubernetes_auth_backend_role");
    expect(role({})).toMatchObject({
      role_name: "sample",
      bound_service_account_namespaces: ["apps"],
      bound_service_account_names: ["sample-account"],
      audience: "vault",
      token_period: 7200,
    });
    expect(role({}, settingsAlone)).toMatchObject({ token_period: 3600 });
    expect(role({ tokenPeriod: Duration.hours(12) })).toMatchObject({ token_period: 43_200 });
    expect(role({ audience: "https://api.example" })).toMatchObject({ audience: "https://api.example" });
    expect(role({ boundCidrs: ["10.0.0.0/8"] })).toMatchObject({ token_bound_cidrs: ["10.0.0.0/8"] });
  });
});

describe("a removal", () => {
  test("takes the secrets before the login, and the role last, and waits for the operator", () => {
    const releases = workload(externalSecrets).resource.helm_release ?? {};
    expect(releases.sample_secrets).toMatchObject({
      name: "sample-secrets",
      namespace: "apps",
      chart: "../../../charts/objects",
      wait: true,
      depends_on: ["helm_release.sample_login"],
    });
    expect(releases.sample_login).toMatchObject({ name: "sample-login", namespace: "apps", wait: true });
    expect((releases.sample_login?.depends_on as string[]).sort()).toEqual([
      "vault_kubernetes_auth_backend_role.sample_role_login_kubernetes",
      "vault_policy.sample_role_policy",
    ]);
  });
});

describe("a workload fails", () => {
  test.each<[string, Partial<WorkloadProps>, RegExp]>([
    [
      "with a name that is too long for Helm",
      { name: "a".repeat(46) },
      /is not a valid name of a workload; write up to 45/,
    ],
    ["with a name that is no label", { name: "Sample" }, /"Sample" is not a valid name of a workload/],
    ["with a namespace that is no label", { namespace: "a.b" }, /"a.b" is not a valid name of a namespace/],
    ["without secrets", { secrets: [] }, /workload sample gets no secret; add one to secrets/],
    ["for every service account", { serviceAccount: "*" }, /is not a service account of Kubernetes/],
    ["for any audience", { audience: "*" }, /binds audience to/],
    ["with a text for a duration", { refreshInterval: "5m" as never }, /refreshInterval/],
    ["without a delivery", { delivery: {} as never }, /delivery/],
    ["with what is no secret", { secrets: ["kv/sample"] as never }, /secrets\[0\]/],
  ])("%s", (_case, props, message) => {
    expect(() => workload(externalSecrets, props)).toThrow(message);
  });

  test("with two secrets of one name", () => {
    const twice = (engines: Engines) => [...settingsAlone(engines), ...settingsAlone(engines)];
    expect(() => workload(externalSecrets, {}, twice)).toThrow(/two secrets with the name "settings"/);
  });

  test("with a secret whose name Kubernetes refuses", () => {
    const wrong = ({ kv }: Engines) => [WorkloadSecret.keyValue({ name: "a/b", keyValue: kv, path: "a" })];
    expect(() => workload(externalSecrets, {}, wrong)).toThrow(/"a\/b" is not a valid name of a Secret/);
  });

  test("a secret of a key-value mount has a template in its path", () => {
    const wrong = ({ kv }: Engines) => [
      WorkloadSecret.keyValue({ name: "a", keyValue: kv, path: "{{identity.entity.id}}" }),
    ];
    expect(() => workload(externalSecrets, {}, wrong)).toThrow(/is not a valid path of a secret; write names/);
  });

  test("with a certificate that is renewed too late", () => {
    expect(() => workload(externalSecrets, {}, certificateAlone({ renewBefore: Duration.hours(24) }))).toThrow(
      /certificate tls has a renewBefore of 24h, not shorter than its ttl of 24h; shorten renewBefore/,
    );
  });

  test("with credentials of a role that does not exist", () => {
    const unknown = ({ orders }: Engines) => [WorkloadSecret.database({ name: "x", database: orders, role: "none" })];
    expect(() => workload(externalSecrets, {}, unknown)).toThrow(/no database role "none"; there are: readonly, app/);
  });
});

test("its addresses do not change", () => {
  const { resource } = workload(operator());
  expect(addresses(resource).filter((each) => each.includes("sample"))).toEqual([
    "helm_release.sample_login",
    "helm_release.sample_secrets",
    "vault_kubernetes_auth_backend_role.sample_role_login_kubernetes",
    "vault_policy.sample_role_policy",
  ]);
});
