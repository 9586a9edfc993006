import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import {
  ClusterProviders,
  InstanceNamespace,
  LayerStack,
  localBackend,
  NetworkPeer,
  TenantCluster,
  type InstanceNamespaceProps,
} from "../../src";
import { PROJECT } from "../../lab/cdktf";
import { run, tryRun } from "../../lab/run";
import { CentralProvider } from "../../stacks/central-provider";
import { Release } from "../../src/terraform/providers/kubernetes";
import { asServiceAccount } from "../../src/kubernetes/service-account";
import { connectToCluster } from "../../src/operations/cluster";
import { TestBed } from "../integration/support/test-bed";
import { Flows } from "./support/flows";
import { TerraformProject } from "../integration/support/terraform-project";

const { KUBECONFIG, TENANT_VAULT_CHART, TENANT_VAULT_POLICIES_ENFORCED } = process.env;
const NAMESPACE = "acceptance-rights";
const KUBECONFIG_LOCATION = { mount: "clusters", path: "acceptance" };
const MANIFEST = "docs/terraform-service-account.yaml";

/** Namespace and ClusterRole of Terraform's account here. Those of the guide belong to the tenants of the cluster. */
const TERRAFORM = "acceptance-terraform";

/** Little, so that all of them fit on one node. */
const RESOURCES = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } };

// Needs a cluster, named by KUBECONFIG. What is applied is applied by the ServiceAccount that docs/clusters.md makes.
describe.skipIf(KUBECONFIG === undefined)("an InstanceNamespace on a real Kubernetes", () => {
  let bed: TestBed;
  let project: TerraformProject;
  let stack: LayerStack;

  const store = (kubeconfig: string): Promise<unknown> =>
    bed.central.client.send("POST", "clusters/data/acceptance", { body: { data: { kubeconfig } } });

  beforeAll(async () => {
    bed = await TestBed.start();
    project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
    await store(besideAnother(await documentedKubeconfig()));
    stack = namespaces(project, bed);
    project.synthesize();
  });

  afterAll(async () => {
    try {
      await project.destroy(stack);
      project.remove();
      await withOwnManifest((file) => run("kubectl", ["delete", "--ignore-not-found", "-f", file]));
    } finally {
      await bed.stop();
    }
  });

  test("a kubeconfig whose user logs in by a command fails the plan with a sentence", async () => {
    const usable = besideAnother(await documentedKubeconfig());
    await store(usable.replace(/token: .*/, "exec: { command: aws }"));
    await expect(project.plan(stack)).rejects.toThrow(/whose current context names a cluster, and a user with a token/);
    await store(usable);
  });

  test("is applied by Terraform's ServiceAccount with the documented rights, and a second plan is empty", async () => {
    // As a program reads it that reviews plans.
    expect((await project.plan(stack)).create).toContain("kubernetes_namespace_v1.rights");
    await project.apply(stack);
    expect(await project.isUnchanged(stack)).toBe(true);
  });

  const hook = "tenant-vault";
  const tls = `secrets/${NAMESPACE}-tls`;
  const statefulSet = `statefulsets.apps/${NAMESPACE}`;
  test.each<[account: string, verb: string, resource: string, allowed: boolean]>([
    [hook, "get", "pods", true],
    [hook, "list", "pods", true],
    [hook, "watch", "pods", true],
    [hook, "create", "pods/portforward", true],
    [hook, "get", "pods/portforward", true],
    [hook, "create", "pods/eviction", true],
    [hook, "get", statefulSet, true],
    [hook, "get", tls, true],
    [hook, "update", tls, true],
    [hook, "create", "secrets", true],
    [hook, "create", "pods", false],
    [hook, "patch", "pods", false],
    [hook, "delete", "pods", false],
    [hook, "create", "pods/exec", false],
    [hook, "get", "pods/log", true],
    [hook, "list", "events", true],
    [hook, "list", "persistentvolumeclaims", true],
    [hook, "delete", `persistentvolumeclaims/data-${NAMESPACE}-3`, true],
    [hook, "delete", `persistentvolumeclaims/data-${NAMESPACE}-2`, false],
    [hook, "list", "statefulsets.apps", false],
    [hook, "get", "statefulsets.apps/other", false],
    [hook, "patch", statefulSet, false],
    [hook, "patch", `${statefulSet}/scale`, false],
    [hook, "list", "secrets", false],
    [hook, "get", "secrets/other", false],
    [hook, "delete", tls, false],
    [hook, "create", "serviceaccounts/token", false],
    [hook, "create", "roles.rbac.authorization.k8s.io", false],
    [hook, "get", "configmaps", false],
    ["default", "get", "pods", false],
    ["default", "get", tls, false],
    ["default", "list", "secrets", false],
    [NAMESPACE, "get", "pods", true],
    [NAMESPACE, "patch", "pods", true],
    [NAMESPACE, "delete", "pods", false],
    [NAMESPACE, "create", "pods/exec", false],
    [NAMESPACE, "get", tls, false],
    [NAMESPACE, "list", "secrets", false],
    [NAMESPACE, "create", "tokenreviews.authentication.k8s.io", false],
  ])("%s may %s %s: %s", async (account, verb, resource, allowed) => {
    expect(await mayIn(NAMESPACE, `${NAMESPACE}:${account}`, verb, resource)).toBe(allowed);
  });

  test.each<[verb: string, resource: string, namespace: string]>([
    ["list", "pods", "kube-system"],
    ["get", "secrets", "default"],
    ["create", "secrets", "default"],
    ["get", "nodes", "default"],
  ])("the hook may not %s %s in %s", async (verb, resource, namespace) => {
    expect(await mayIn(namespace, `${NAMESPACE}:${hook}`, verb, resource)).toBe(false);
  });

  const given = `secrets/${Flows.NARROW}-tls`;
  test.each<[verb: string, resource: string, allowed: boolean]>([
    ["get", given, true],
    ["update", given, false],
    ["create", "secrets", false],
  ])("where somebody else fills the certificate, the hook may %s %s: %s", async (verb, resource, allowed) => {
    expect(await mayIn(Flows.NARROW, `${Flows.NARROW}:${hook}`, verb, resource)).toBe(allowed);
  });

  test.each<[verb: string, resource: string]>([
    ["create", "pods"],
    ["create", "pods/exec"],
    ["escalate", "roles.rbac.authorization.k8s.io"],
    ["create", "clusterroles.rbac.authorization.k8s.io"],
    ["create", "clusterrolebindings.rbac.authorization.k8s.io"],
    ["impersonate", "serviceaccounts"],
    ["get", "nodes"],
  ])("Terraform may not %s %s", async (verb, resource) => {
    expect(await mayIn(NAMESPACE, `${TERRAFORM}:terraform`, verb, resource)).toBe(false);
  });

  test("the hook draws a token with which it reads pods, and no other Secret", async () => {
    const stored = await connectToCluster(bed.central.client, KUBECONFIG_LOCATION);
    const client = await asServiceAccount(stored, NAMESPACE, hook);
    const path = `/api/v1/namespaces/${NAMESPACE}`;
    const { items } = await client.ask<{ items: unknown[] }>("list pods", { method: "GET", path: `${path}/pods` });
    expect(items.length).toBeGreaterThan(0);
    await expect(client.ask("read another Secret", { method: "GET", path: `${path}/secrets/other` })).rejects.toThrow(
      /answers 403/,
    );
    await Promise.all([stored.close(), client.close()]);
  });

  test("no pod gets a token of the accounts default and tenant-vault", async () => {
    const accounts = JSON.parse(await kubectl("-n", NAMESPACE, "get", "sa", "default", hook, "-o", "json")) as {
      items: { automountServiceAccountToken?: boolean }[];
    };
    expect(accounts.items.map(({ automountServiceAccountToken: mounts }) => mounts)).toEqual([false, false]);
  });

  test("a pod outside the standard restricted is refused", async () => {
    expect(await refusal({ hostNetwork: true })).toMatch(/violates PodSecurity "restricted:latest".*host namespaces/);
  });

  test("a pod that asks for more than the quota is refused", async () => {
    const huge = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } };
    expect(await refusal({}, huge)).toMatch(/exceeded quota: others, requested: .*requests.memory=1Gi/);
  });

  test("a pod that asks for nothing gets what a server has", async () => {
    const made = JSON.parse((await dryRun(podOf({}))).stdout) as { spec: { containers: { resources: unknown }[] } };
    expect(made.spec.containers[0]?.resources).toEqual(RESOURCES);
  });

  test("a load balancer that nobody asked for is refused", async () => {
    const { stderr } = await dryRun({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "open", namespace: NAMESPACE },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
    });
    expect(stderr).toMatch(/exceeded quota: instance/);
  });

  // The API server takes policies whether or not the network heeds them.
  describe.skipIf(TENANT_VAULT_POLICIES_ENFORCED === undefined)("on a network that enforces policies", () => {
    let flows: Flows;

    beforeAll(async () => {
      flows = await Flows.start();
    });
    afterAll(() => Flows.stop());

    test.each<[from: string, to: string, port: number, open: boolean]>([
      ["client", "open/server-a", 8200, true],
      ["client", "open/server-a", 8201, false],
      ["client", "open/beside", 8200, false],
      ["monitoring", "open/server-a", 9102, false],
      ["open/server-a", "open/server-b", 8200, true],
      ["open/server-a", "open/server-b", 8201, true],
      ["open/beside", "open/server-a", 8201, false],
      ["open/beside", "api", 443, false],
      ["open/server-a", "open/beside", 8200, false],
      ["open/server-a", "client", 8200, false],
      ["open/server-a", "narrow/server-a", 8201, false],
      ["open/server-a", "api", 443, true],
      ["client", "narrow/server-a", 8200, true],
      ["monitoring", "narrow/server-a", 8200, false],
      ["monitoring", "narrow/server-a", 9102, true],
      ["client", "narrow/server-a", 9102, false],
      ["narrow/server-a", "client", 8200, true],
      ["narrow/server-a", "client", 8201, false],
      ["narrow/server-a", "monitoring", 8200, false],
      ["narrow/server-a", "api", 443, false],
    ])("%s reaches %s at %d: %s", async (from, to, port, open) => {
      expect(await flows.connects(from, to, port)).toBe(open);
    });

    test.each([
      ["open/server-a", true],
      ["narrow/server-a", true],
      ["open/beside", false],
    ])("%s resolves names: %s", async (from, resolves) => {
      expect(await flows.resolves(from)).toBe(resolves);
    });
  });
});

function namespaces(project: TerraformProject, bed: TestBed): LayerStack {
  const backend = localBackend(project.stateFolder);
  const stack = new LayerStack(project.app, "acceptance-namespace", backend);
  const central = new CentralProvider(stack, "Central", {
    central: { address: bed.central.server.address, caCertificateFile: bed.caFile },
    backend,
  });
  const { kubeconfig } = TenantCluster.fromKubeconfig(KUBECONFIG_LOCATION);
  new ClusterProviders(stack, "Cluster", { kubeconfig, centralProvider: central.provider });
  const create = (id: string, name: string, props: Partial<InstanceNamespaceProps> = {}): InstanceNamespace =>
    new InstanceNamespace(stack, id, {
      name,
      tenant: "acceptance",
      release: name,
      secrets: [`${name}-tls`],
      replicas: 3,
      resources: RESOURCES,
      kubernetesApi: [NetworkPeer.anyAddress()],
      ...props,
    });
  const { contents, priorityClassName, resources } = create("Rights", NAMESPACE);
  new Release(stack, "Release", {
    name: NAMESPACE,
    namespace: NAMESPACE,
    ...(TENANT_VAULT_CHART === undefined
      ? { repository: "https://openbao.github.io/openbao-helm", chart: "openbao" }
      : { chart: TENANT_VAULT_CHART }),
    values: [stringify(chartValues({ priorityClassName, resources }))],
    wait: false,
    dependsOn: contents,
  });
  create("Open", Flows.OPEN);
  create("Narrow", Flows.NARROW, {
    secrets: [],
    foreignSecrets: [`${Flows.NARROW}-tls`],
    clients: [NetworkPeer.namespacesWithLabels({ "secrets-client": "yes" })],
    monitoringNamespace: Flows.MONITORING,
    metricsPort: 9102,
    kubernetesApi: [],
    egress: [{ to: NetworkPeer.namespace(Flows.CLIENT), port: 8200, reason: "another instance that seals this one" }],
  });
  return stack;
}

/** What the chart's accounts and Roles depend on; whether its servers start does not matter here. */
function chartValues(server: object): object {
  return {
    fullnameOverride: NAMESPACE,
    injector: { enabled: false },
    server: {
      ...server,
      authDelegator: { enabled: false },
      dataStorage: { enabled: false },
      ha: { enabled: true, replicas: 3, raft: { enabled: true } },
      statefulSet: {
        securityContext: {
          pod: { runAsNonRoot: true, runAsUser: 100, seccompProfile: { type: "RuntimeDefault" } },
          container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      },
    },
  };
}

async function kubectl(...args: string[]): Promise<string> {
  return (await run("kubectl", args)).stdout;
}

/** The kubeconfig that the guide's own commands make, which write it into the central Vault. */
async function documentedKubeconfig(): Promise<string> {
  const guide = readFileSync(join(PROJECT, "docs", "clusters.md"), "utf8");
  const [, commands = ""] = /```sh\n([\s\S]*?)```/.exec(guide) ?? [];
  const { stdout } = await withOwnManifest((file) => {
    const own = renamed(commands).replace(MANIFEST, file);
    return run("bash", ["-ec", `vault() { cat; }\n${own}`]);
  });
  return stdout.slice(stdout.indexOf("apiVersion:"));
}

/** Uses a copy of the guide's manifest in which the account is another one than that of the cluster's tenants. */
async function withOwnManifest<Result>(use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-acceptance-"));
  try {
    const file = join(folder, "terraform.yaml");
    writeFileSync(file, renamed(readFileSync(join(PROJECT, MANIFEST), "utf8")));
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function renamed(text: string): string {
  const own = text.replaceAll(/tenant-vault-(system|terraform)/g, TERRAFORM);
  expect(own).not.toBe(text);
  return own;
}

/** The same among others, which come first. */
function besideAnother(kubeconfig: string): string {
  const config = parse(kubeconfig) as { clusters: unknown[]; users: unknown[]; contexts: unknown[] };
  config.clusters.unshift({ name: "other", cluster: { server: "https://192.0.2.1:6443" } });
  config.users.unshift({ name: "other", user: { username: "nobody" } });
  config.contexts.unshift({ name: "other", context: { cluster: "other", user: "other" } });
  return stringify(config);
}

async function mayIn(namespace: string, account: string, verb: string, resource: string): Promise<boolean> {
  const [kind = "", nameOrPart = ""] = resource.split(/\/(.*)/);
  const isPart = ["portforward", "eviction", "exec", "log", "token"].includes(nameOrPart);
  const [name, scale] = nameOrPart.split("/");
  const target = isPart || nameOrPart === "" ? [kind] : [`${kind}/${name ?? ""}`];
  const part = isPart ? nameOrPart : scale;
  const { stdout } = await tryRun("kubectl", [
    ...["auth", "can-i", verb, ...target, "-n", namespace, `--as=system:serviceaccount:${account}`],
    ...(part === undefined ? [] : [`--subresource=${part}`]),
  ]);
  return stdout.trim().startsWith("yes");
}

const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 100,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

function podOf(spec: object, resources?: object): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "refused", namespace: NAMESPACE },
    spec: { containers: [{ name: "a", image: "a", securityContext: RESTRICTED, resources }], ...spec },
  };
}

/** Lets every admission decide, and makes nothing. */
async function dryRun(manifest: object) {
  return tryRun("kubectl", ["create", "--dry-run=server", "-o", "json", "-f", "-"], {
    input: JSON.stringify(manifest),
  });
}

async function refusal(spec: object, resources?: object): Promise<string> {
  return (await dryRun(podOf(spec, resources))).stderr;
}
