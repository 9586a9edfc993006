import { TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { defineTenant, TenantError, type DeploymentSpec, type SealSpec, type TenantSpec } from "../../../src/tenant";
import { buildApp } from "../../../stacks/app";
import { testBackend, toJson, type Synthesized } from "../../support/synth";
import { all } from "../../support/all";

const SECRET = { mount: "operator", path: "customer10/seal", field: "secret" };
const SHA256 = "0".repeat(64);

function tenant(deployment: DeploymentSpec, seal?: SealSpec, product: "vault" | "openbao" = "openbao"): TenantSpec {
  return {
    name: "customer10",
    cluster: {
      network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
      image: "Ubuntu-Jammy-22.04",
      flavor: { id: "3" },
      key: { keyPair: "operator" },
      workers: 3,
      operatorCidrs: ["10.8.0.0/24"],
      clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_820] },
    },
    instances: [{ name: "main", product, address: "https://main.customers.example:8200", deployment, seal }],
  };
}

/** Put together, so that nothing takes this file for one that holds a key. */
function pemHeading(label: string): string {
  return `-----BEGIN ${label}-----`;
}

/** The stacks of a tenant, by their names. */
function stacks(props: TenantSpec): Record<string, Synthesized> {
  const operator = {
    central: { address: "https://central:8200", instanceDomains: ["customers.example"] },
    backend: testBackend,
  };
  const app = buildApp(operator, [defineTenant(props)]);
  return Object.fromEntries(
    app.node.children.filter((child) => TerraformStack.isStack(child)).map((stack) => [stack.node.id, toJson(stack)]),
  );
}

function vaultStack(props: TenantSpec): Synthesized {
  const stack = stacks(props)["customer10-vault"];
  if (stack === undefined) throw new Error("no stack");
  return stack;
}

interface Values {
  readonly server: {
    readonly image: object;
    readonly nodeSelector: object;
    readonly ha: { readonly replicas: number };
  };
}

function values(json: Synthesized): Values {
  return parse((json.resource.helm_release?.main_release?.values as [string])[0]) as Values;
}

describe("a deployment", () => {
  test.each<[DeploymentSpec, number, number]>([
    [{ mode: "dev" }, 1, 0],
    [{ mode: "standalone" }, 1, 2],
    [{ mode: "ha" }, 3, 6],
    [{ mode: "custom", values: { server: { logLevel: "debug" } } }, 3, 6],
    [{ mode: "ha", storageClass: "gp3-retain" }, 3, 0],
  ])("%j has its replicas and volumes", (deployment, replicas, volumes) => {
    const json = vaultStack(tenant(deployment));
    expect(values(json).server.ha.replicas).toBe(replicas);
    expect(Object.keys(json.resource.openstack_blockstorage_volume_v3 ?? {})).toHaveLength(volumes);
    // Whoever has no volumes on OpenStack needs no provider of it.
    expect("openstack" in json.provider).toBe(volumes > 0);
  });

  test("may be put on nodes of its own, and be reached from outside", () => {
    const json = vaultStack(
      tenant({
        mode: "ha",
        image: { repository: "registry.example/openbao/openbao", tag: "2.7.2" },
        nodeSelector: { "tenant-vault/pool": "secrets" },
        tolerations: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
        nodePort: 30_820,
      }),
    );
    expect(values(json).server).toMatchObject({
      image: { registry: "registry.example", repository: "openbao/openbao", tag: "2.7.2" },
      nodeSelector: { "tenant-vault/pool": "secrets" },
      tolerations: [{ key: "dedicated", operator: "Equal", value: "vault", effect: "NoSchedule" }],
    });
    expect(json.resource.kubernetes_service_v1?.main_external_service).toMatchObject({
      spec: { type: "NodePort", selector: { "openbao-active": "true" }, port: [{ node_port: 30_820, port: 8200 }] },
    });
    const policies = JSON.stringify(json.resource.kubernetes_network_policy_v1);
    for (const cidr of ["20.0.0.0/24", "203.0.113.0/24"]) expect(policies).toContain(cidr);
  });

  test("on a cluster that exists has to name who comes through its node port", () => {
    const existing = (clientAccess?: { cidrs: string[] }): TenantSpec => ({
      ...tenant({ mode: "ha", storageClass: "fast", nodePort: 30_820, kubernetesApiCidrs: ["198.51.100.7/32"] }),
      cluster: { existing: true, clientAccess },
    });
    expect(() => defineTenant(existing())).toThrow(
      /nodePort: 30820 allows no clients; add the networks of the clients/,
    );
    const json = vaultStack(existing({ cidrs: ["192.0.2.0/24"] }));
    expect(JSON.stringify(json.resource.kubernetes_network_policy_v1)).toContain("192.0.2.0/24");
  });

  test("may connect to what it says, and to the Kubernetes API where it says that that is", () => {
    const reason = "the security module";
    const json = vaultStack(
      tenant({
        mode: "ha",
        egress: [{ cidr: "192.0.2.5/32", port: 1792, reason }],
        kubernetesApiCidrs: ["198.51.100.0/24"],
      }),
    );
    expect(json.resource.kubernetes_network_policy_v1).toMatchObject({
      main_namespace_allow_egress: {
        metadata: { annotations: { "kubernetes.io/description": expect.stringContaining(`${reason} (port 1792)`) } },
        spec: { egress: [{ to: [{ ip_block: { cidr: "192.0.2.5/32" } }] }] },
      },
      main_namespace_allow_kubernetes_api: {
        spec: { egress: [{ to: [{ ip_block: { cidr: "198.51.100.0/24" } }] }] },
      },
    });
  });

  describe("K11: knows where the control planes are", () => {
    const api = (provisioner: object, kubernetesApiCidrs?: string[], more: object = {}): unknown => {
      const props = tenant({ mode: "ha", kubernetesApiCidrs });
      const cluster = { ...props.cluster, provisioner, ...more } as TenantSpec["cluster"];
      return vaultStack({ ...props, cluster }).resource.kubernetes_network_policy_v1
        ?.main_namespace_allow_kubernetes_api;
    };

    test.each([
      { provisioner: { type: "kubespray" } },
      {
        provisioner: { type: "magnum", stateHoldsKubeconfig: true },
        lacking: { operatorCidrs: [], clientAccess: undefined },
      },
    ])("with $provisioner.type", ({ provisioner, lacking }) => {
      expect(api(provisioner, undefined, lacking)).toMatchObject({
        spec: { egress: [{ to: [{ ip_block: { cidr: "20.0.0.0/24" } }] }] },
      });
    });

    test("unless the network is not Calico's; then the file must say it", () => {
      const cilium = { type: "kubespray", variables: { kube_network_plugin: "cilium" } };
      expect(() => api(cilium)).toThrow(/deployment.kubernetesApiCidrs: is missing, so the servers could reach every/);
      expect(JSON.stringify(api(cilium, ["0.0.0.0/0"]))).not.toContain("ip_block");
    });
  });

  test("has volumes of a type, in zones in turn, each on nodes of its own", () => {
    const { resource } = vaultStack(tenant({ mode: "ha", volumeType: "ssd", volumeZones: ["az1", "az2"] }));
    const zones = Object.values(resource.openstack_blockstorage_volume_v3 ?? {});
    expect(zones.map(({ availability_zone }) => availability_zone)).toEqual(["az1", "az1", "az2", "az2", "az1", "az1"]);
    for (const { volume_type } of all(zones)) expect(volume_type).toBe("ssd");
    const volumes = JSON.stringify(Object.values(resource.kubernetes_persistent_volume_v1 ?? {})[2]);
    expect(volumes).toContain('"key":"topology.kubernetes.io/zone","operator":"In","values":["az2"]');
  });

  test("may take its certificate from elsewhere", () => {
    const managed = vaultStack(tenant({ mode: "ha", certificate: { certManager: { issuer: "tenant-ca" } } }));
    expect(managed.resource.helm_release?.main_certificate).toMatchObject({ name: "customer10-main-certificate" });
    const given = vaultStack(tenant({ mode: "ha", certificate: { secret: "own-tls" } }));
    for (const json of [managed, given]) {
      const { description } = json.resource.terraform_data?.main_unseal?.triggers_replace as {
        description: { kubernetes: { certificate: object } };
      };
      expect(description.kubernetes.certificate).not.toHaveProperty("issuer");
    }
    expect(JSON.stringify(given.resource.helm_release)).toContain("/openbao/userconfig/own-tls/tls.crt");
  });

  test("is monitored", () => {
    const json = vaultStack(
      tenant({ mode: "ha", monitoring: { namespace: "monitoring", statsdAddress: "statsd:8125" } }),
    );
    expect(json.resource.kubernetes_config_map_v1?.main_monitoring_dashboard).toBeDefined();
    expect(JSON.stringify(json.resource.helm_release)).toContain("metrics_only = true");
    const policies = JSON.stringify(json.resource.kubernetes_network_policy_v1);
    expect(policies).toContain("statsd, which takes metrics (port 8125)");
    expect(policies).toContain("allow-monitoring");
  });

  test("that initialises itself lets the hook make its identities, so that the configuration layer logs in as any", () => {
    const selfInitialization = [{ name: "login", operation: "update", path: "sys/auth/userpass" } as const];
    const seal: SealSpec = { type: "static", keyId: "1", key: SECRET };
    const json = stacks(tenant({ mode: "standalone", selfInitialization }, seal));
    expect(JSON.stringify(json["customer10-config"])).toContain("customer10/main/${var.identity}");
    const vault = json["customer10-vault"] as Synthesized;
    const config = JSON.stringify(vault.resource.helm_release);
    expect(config).toMatch(/initialize .{1,3}identities[^]*initialize .{1,3}tenant_vault/);
    expect(config).toContain("/openbao/userconfig/customer10-main-bootstrap/secret-id");
    expect(JSON.stringify(vault.resource.kubernetes_role_v1)).toContain("customer10-main-bootstrap");
    expect(JSON.stringify(vault.resource.terraform_data)).toContain("customer10-main-bootstrap");
  });

  test("of Vault has its audit devices from the configuration layer, over the API", () => {
    const auditDevices = [{ type: "syslog" } as const];
    const config = (product: "vault" | "openbao"): Synthesized | undefined =>
      stacks(tenant({ mode: "ha", auditDevices }, undefined, product))["customer10-config"];
    expect(config("vault")?.resource.vault_audit).toMatchObject({
      main_audit_file: { type: "file", options: { file_path: "/vault/audit/audit.log" } },
      main_audit_syslog: { type: "syslog", options: { facility: "AUTH", tag: "vault" } },
    });
    expect(JSON.stringify(config("openbao"))).not.toContain("vault_audit");
    const vault = vaultStack(tenant({ mode: "ha", auditDevices }));
    expect(JSON.stringify(vault.resource.helm_release)).toContain('audit \\"syslog\\" \\"syslog\\"');
  });
});

describe("a seal", () => {
  test.each<SealSpec>([
    {},
    { type: "shamir", secretShares: 3, secretThreshold: 2 },
    { type: "transit" },
    { type: "shamir", former: { type: "transit" } },
    {
      type: "awskms",
      region: "eu-central-1",
      kmsKeyId: "alias/main",
      plugin: { command: "awskms", sha256sum: SHA256 },
    },
    { type: "gcpckms", project: "p", region: "global", keyRing: "r", cryptoKey: "k", credentials: SECRET },
    { type: "azurekeyvault", tenantId: "t", vaultName: "v", keyName: "k" },
    {
      type: "alicloudkms",
      region: "eu-central-1",
      kmsKeyId: "k",
      credentials: { accessKey: SECRET, secretKey: SECRET },
    },
    { type: "ocikms", keyId: "k", cryptoEndpoint: "https://c.example", managementEndpoint: "https://m.example" },
    { type: "pkcs11", library: "/lib/p11.so", tokenLabel: "t", keyLabel: "k", pin: SECRET },
    { type: "static", keyId: "2026-11", key: SECRET, secretShares: 1, secretThreshold: 1 },
  ])("%j is what the hook is told", (seal) => {
    const { triggers_replace } = vaultStack(tenant({ mode: "ha" }, seal)).resource.terraform_data?.main_unseal ?? {};
    expect(triggers_replace).toMatchObject({
      description: { seal: seal.type ?? "shamir", secretShares: seal.secretShares ?? 5 },
    });
  });
});

describe("fails, naming field and reason, when", () => {
  test.each<[string, unknown, unknown, RegExp]>([
    [
      "the mode is unknown",
      { mode: "cluster" },
      {},
      /^instances\[0\]\.deployment\.mode: "cluster" is not allowed; write "ha", "standalone", "dev", "custom", "external" or "namespace"/,
    ],
    ["a node port is none", { mode: "ha", nodePort: 8200 }, {}, /^instances\[0\]\.deployment\.nodePort: .*30000/],
    ["a node port is opened to nobody", { mode: "ha", nodePort: 30_821 }, {}, /no security group opens 30821; add it/],
    ["custom values are missing", { mode: "custom" }, {}, /^instances\[0\]\.deployment\.values: /],
    ["a statsd has no port", { mode: "dev", monitoring: { namespace: "m", statsdAddress: "x" } }, {}, /host and port/],
    ["the seal is unknown", { mode: "ha" }, { type: "kms" }, /^instances\[0\]\.seal\.type: "kms" is not allowed/],
    ["a seal lacks its key", { mode: "ha" }, { type: "awskms", region: "x" }, /^instances\[0\]\.seal\.kmsKeyId: /],
    [
      "a checksum is none",
      { mode: "ha" },
      { type: "awskms", region: "x", kmsKeyId: "k", plugin: { command: "c", sha256sum: "abc" } },
      /sha256sum: "abc" is not a valid SHA-256; write 64 hexadecimal digits/,
    ],
  ])("%s", (_what, deployment, seal, reason) => {
    try {
      defineTenant(tenant(deployment as DeploymentSpec, seal as SealSpec));
    } catch (error) {
      if (!(error instanceof TenantError)) throw error;
      expect(error.problems.map((problem) => `${problem.field}: ${problem.reason}`).join("\n")).toMatch(reason);
      return;
    }
    throw new Error("It was accepted.");
  });

  const custom = (values: object) => (): unknown =>
    vaultStack(tenant({ mode: "custom", values: values as Record<string, unknown> }));

  test("an override of the chart's values holds a secret", () => {
    expect(custom({ server: { dev: { token: "root" } } })).toThrow(
      /values\.server\.dev\.token contains a secret in plain text/,
    );
  });

  test.each<[string, object]>([
    [
      "server.extraContainers.0.env.0.DB_PASSWORD",
      { server: { extraContainers: [{ env: [{ name: "DB_PASSWORD", value: "hunter2" }] }] } },
    ],
    ["server.extraEnvironmentVars.API_KEY", { server: { extraEnvironmentVars: { API_KEY: "hunter2" } } }],
    [
      "server.extraEnvironmentVars.URL",
      { server: { extraEnvironmentVars: { URL: "https://u:hunter2@registry.example" } } },
    ],
    ["server.extraArgs", { server: { extraArgs: `-dev-root-token-id=hvs.${"hunter2".repeat(4)}` } }],
    ["server.annotations.note", { server: { annotations: { note: `${pemHeading("EC PRIVATE KEY")}\nhunter2` } } }],
  ])("an override of the chart's values holds one at %s", (path, values) => {
    expect(custom(values)).toThrow(`values.${path} contains a secret in plain text`);
    expect(custom(values)).not.toThrow(/hunter2/);
  });

  test.each([
    'token = "hvs.x"',
    '  client_secret = "x"',
    'current_key = "AAAA"',
    'pin="1234"',
    'x { secret_key = "SK" }',
    '{"token":"hvs.x"}',
    "token = <<EOT\nhvs.x\nEOT",
  ])("the servers' own configuration holds the secret %s", (line) => {
    const override = custom({ server: { ha: { raft: { config: `seal "transit" {\n${line}\n}` } } } });
    expect(override).toThrow(/values\.server\.ha\.raft\.config: \w+ contains a secret in plain text/);
    expect(override).not.toThrow(/hvs\.x/);
  });

  test("a self-initialisation holds a secret", () => {
    const data = { password: "hunter2" };
    const deployment: DeploymentSpec = {
      mode: "standalone",
      selfInitialization: [{ name: "user", operation: "update", path: "auth/userpass/users/a", data }],
    };
    expect(() => vaultStack(tenant(deployment, { type: "static", keyId: "1", key: SECRET }))).toThrow(
      /config: password contains a secret in plain text/,
    );
  });

  test.each([
    ["fullnameOverride", { fullnameOverride: "mine" }],
    ["server.dev.enabled", { server: { dev: { enabled: true } } }],
    ["server.updateStrategyType", { server: { updateStrategyType: "RollingUpdate" } }],
    ["server.resources.requests", { server: { resources: { requests: { memory: "4Gi" } } } }],
    ["server.ha.replicas", { server: { ha: { replicas: 5 } } }],
    ["server.ha.enabled", { server: { ha: false } }],
    ["global.tlsDisable", { global: { tlsDisable: true } }],
  ])("an override changes %s, which the hook relies on", (path, values) => {
    expect(custom(values)).toThrow(`The values change ${path} to`);
  });

  const ROOT = { name: "agent", securityContext: { runAsUser: 0 } };
  const RESTRICTED = {
    name: "agent",
    securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  const restrictedBut = (securityContext: object): object => ({
    extraContainers: [{ ...RESTRICTED, securityContext: { ...RESTRICTED.securityContext, ...securityContext } }],
  });
  test.each<[string, object, RegExp]>([
    ["K7: no Services", { service: { enabled: false } }, /change server\.service\.enabled to false/],
    ["K7: the network of the node", { hostNetwork: true }, /change server\.hostNetwork to true/],
    ["K7: data of several nodes", { dataStorage: { accessMode: "ReadWriteMany" } }, /server\.dataStorage\.accessMode/],
    ["K7: audit log of several nodes", { auditStorage: { accessMode: "x" } }, /server\.auditStorage\.accessMode/],
    [
      "K7: a folder of the node",
      { volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] },
      /The volume "logs" in server\.volumes has the type hostPath, which the standard restricted of the namespace forbids/,
    ],
    [
      "K7: containers as a map, which no check would read",
      { extraContainers: { agent: { name: "agent", securityContext: { runAsUser: 0 } } } },
      /server\.extraContainers is not a list of objects, so it cannot be checked; write one/,
    ],
    [
      "K7: init containers as a text",
      { extraInitContainers: '[{"name":"agent","securityContext":{"runAsUser":0}}]' },
      /server\.extraInitContainers is not a list/,
    ],
    [
      "K7: a container without seccomp",
      restrictedBut({ seccompProfile: { type: "Unconfined" } }),
      /"agent" in server\.extraContainers is outside the standard restricted/,
    ],
    [
      "K7: a container with a capability",
      restrictedBut({ capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } }),
      /without other capabilities and without another seccompProfile/,
    ],
    ["K7: another size of the audit volume", { auditStorage: { size: "1Gi" } }, /change server\.auditStorage\.size/],
    ["K7: no data volume", { dataStorage: { enabled: false } }, /change server\.dataStorage\.enabled/],
    ["K7: no rotation", { postStart: [] }, /change server\.postStart/],
    ["K7: shared processes", { shareProcessNamespace: true }, /change server\.shareProcessNamespace/],
    ["K7: a container that may run as root", { extraInitContainers: [ROOT] }, /"agent" in server\.extraInitContainers/],
    [
      "K7: servers that may run as root",
      { statefulSet: { securityContext: { container: { runAsNonRoot: false } } } },
      /change server\.statefulSet\.securityContext/,
    ],
    ["K8: another image of the server alone", { image: { tag: "2.7.2" } }, /change server\.image\.tag to "2\.7\.2"/],
  ])("HelmDeploymentProps.values refused: %s", (_, server, reason) => {
    expect(custom({ server })).toThrow(reason);
  });

  test("K7: HelmDeploymentProps.values refused: global.openshift", () => {
    expect(custom({ global: { openshift: true } })).toThrow(/change global\.openshift to true/);
  });

  test("K7: HelmDeploymentProps.values that replace a list keep what the servers need", () => {
    const lists = { extraVolumes: [], volumes: [], volumeMounts: [], extraContainers: [RESTRICTED] };
    const { server } = values(vaultStack(tenant({ mode: "custom", values: { server: lists } })));
    expect(server).toMatchObject({
      extraVolumes: [{ type: "secret", name: "customer10-main-tls" }],
      volumes: [{ name: "tmp" }, { name: "no-token" }],
      volumeMounts: [{ name: "tmp" }],
      extraContainers: [{ name: "agent" }, { name: "lingering" }],
    });
  });

  test("K7: HelmDeploymentProps.values may add to what the servers need", () => {
    const agent = restrictedBut({
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    const volumes = [{ name: "ca", configMap: { name: "ca" } }];
    expect(custom({ server: { ...agent, volumes, service: { type: "ClusterIP" } } })).not.toThrow();
    expect(custom({ server: { extraInitContainers: [RESTRICTED], image: { pullPolicy: "Always" } } })).not.toThrow();
  });
});
