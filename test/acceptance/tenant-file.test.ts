import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { filesBelow, filesWith, readTexts } from "../../lab/secret-search";
import { waitUntil } from "../../lab/wait";
import { localBackend, TenantCluster, type LayerStack } from "../../src";
import { rootToken } from "../../src/central/record";
import { Secret } from "../../src/core/secret";
import { defineTenant, type Tenant } from "../../src/tenant";
import { VaultClient } from "../../src/vault/client";
import { AccessStack } from "../../stacks/access-stack";
import { CentralStack } from "../../stacks/central-stack";
import { ConfigStack } from "../../stacks/config-stack";
import { VaultStack } from "../../stacks/vault-stack";
import { TerraformProject } from "../integration/support/terraform-project";
import { TestBed } from "../integration/support/test-bed";
import { attempt } from "../integration/support/attempts";
import { ConnectProxy } from "../support/connect-proxy";
import { kubectl, kubectlApply, waitForPod } from "./support/kubectl";
import { parseImage, PRODUCT } from "./support/kubernetes-bed";
import { LocalVolumes } from "./support/local-volumes";

const {
  KUBECONFIG = "",
  TENANT_VAULT_CHART,
  TENANT_VAULT_OPERATORS = "external-secrets",
  TENANT_VAULT_PROBE_IMAGE = "busybox:1.36",
  TENANT_VAULT_SERVER_IMAGE,
} = process.env;
const TENANT = "acceptance-file";
const RELEASE = `${TENANT}-main`;
/** The Service of the instance, which pods reach. */
const HOST = `${RELEASE}.${RELEASE}.svc:8200`;
const ADDRESS = `https://${HOST}`;
/** Where the apps are. The cluster may have the namespaces of the documentation, so they have other names. */
const SAMPLE = "acceptance-file-sample";
const OTHER = "acceptance-file-other";
const [NODE, PYTHON] = ["node-api", "python-api"];
const ROLE = "sample-node-api-dev";
const AUDIENCE = "vault";
/** Values of the secret. */
const [FIRST, SECOND] = ["first-secret-of-the-app", "second-secret-of-the-app"];
const HAS_OPERATOR = TENANT_VAULT_OPERATORS.split(",").includes("external-secrets");

// Needs what kubernetes.test.ts needs. With External Secrets Operator in the cluster, the workload's secret becomes a Secret.
describe.skipIf(KUBECONFIG === "")("a tenant file with a workload, on a real Kubernetes", () => {
  let bed: TestBed;
  let project: TerraformProject;
  let volumes: LocalVolumes;
  let proxy: ConnectProxy;
  let stacks: readonly LayerStack[];
  let service: string;
  let caCertificate: string;
  let root: VaultClient;
  const clients: VaultClient[] = [];

  const client = (token?: Secret): VaultClient => {
    const made = new VaultClient({ address: ADDRESS, caCertificate, token, dial: { host: service, port: 8200 } });
    clients.push(made);
    return made;
  };
  const write = (app: string, password: string): Promise<unknown> =>
    root.send("POST", `kv/data/sample/${app}/dev`, { body: { data: { password } } });
  const logIn = async (jwt: string): Promise<{ status: number; token: Secret }> => {
    const answer = await client().send("POST", "auth/kubernetes/login", { body: { role: ROLE, jwt }, accept: [403] });
    const { client_token = "" } = (answer.body.auth ?? {}) as { client_token?: string };
    return { status: answer.status, token: new Secret(client_token) };
  };

  beforeAll(async () => {
    bed = await TestBed.start({ prepared: false });
    // Terraform reaches the Service of the cluster through the proxy, which learns its address below.
    const hosts: Record<string, string> = {};
    proxy = await ConnectProxy.start(hosts);
    project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken, HTTPS_PROXY: proxy.url });
    volumes = new LocalVolumes(`tenant-vault-${TENANT}`);
    await volumes.create();
    await volumes.add(2);
    await createApps();
    const rootCaFile = join(project.stateFolder, "root-ca.pem");
    stacks = describeTenant(tenantFile(volumes.name), { project, bed, rootCaFile });
    const [central, access, servers, config] = stacks as [LayerStack, LayerStack, LayerStack, LayerStack];
    await project.apply(central);
    caCertificate = readFileSync(join(PROJECT, rootCaFile), "utf8");
    const kubeconfig = readFileSync(KUBECONFIG, "utf8");
    await bed.central.client.send("POST", `clusters/data/${TENANT}`, { body: { data: { kubeconfig } } });
    for (const stack of [access, servers]) await project.apply(stack);
    service = await kubectl("-n", RELEASE, "get", "service", RELEASE, "-o", "jsonpath={.spec.clusterIP}");
    hosts[HOST] = `tcp://${service}:8200`;
    root = client(rootToken(await bed.central.readRecord(TENANT, "main")));
    await project.apply(config);
    for (const app of [NODE, PYTHON]) await write(app, FIRST);
  });

  afterAll(async () => {
    try {
      const [, , servers, config] = stacks as [LayerStack, LayerStack, LayerStack, LayerStack];
      for (const stack of [config, servers]) await project.destroy(stack);
      await volumes.remove();
      // Not before: with the state, what it names would be forgotten.
      project.remove();
      await kubectl("delete", "namespace", SAMPLE, OTHER, "--ignore-not-found");
    } finally {
      await Promise.all(clients.map((each) => each.close()));
      proxy.stop();
      await bed.stop();
    }
  });

  test("a second plan of each layer is empty", async () => {
    for (const stack of stacks) expect(await project.isUnchanged(stack), stack.node.id).toBe(true);
  });

  test("the server's own service account reviews tokens, and no token for it is stored", async () => {
    const { body } = await root.send("GET", "auth/kubernetes/config");
    expect(body.data).toMatchObject({
      kubernetes_host: "https://kubernetes.default.svc",
      token_reviewer_jwt_set: false,
      disable_local_ca_jwt: false,
    });
    const mayReview = (account: string): Promise<string> =>
      kubectl("auth", "can-i", "create", "tokenreviews.authentication.k8s.io", `--as=system:serviceaccount:${account}`);
    expect((await mayReview(`${RELEASE}:${RELEASE}`)).trim()).toBe("yes");
  });

  test("a pod logs in with its token, reads its secret, and no other", async () => {
    const { status, token } = await logIn(await tokenOf(NODE));
    expect(status).toBe(200);
    const { body } = await client(token).send("GET", `kv/data/sample/${NODE}/dev`);
    expect(body.data).toMatchObject({ data: { password: FIRST } });
    for (const refused of [`GET kv/data/sample/${PYTHON}/dev`, `POST kv/data/sample/${NODE}/dev`])
      expect(await attempt(client(token), refused, { data: {} })).toBe(403);
  });

  test.each([
    ["another service account", SAMPLE, PYTHON, AUDIENCE],
    ["another namespace", OTHER, NODE, AUDIENCE],
    ["another audience", SAMPLE, NODE, "other"],
  ])("a token of %s is refused", async (_case, namespace, account, audience) => {
    const jwt = await kubectl("-n", namespace, "create", "token", account, `--audience=${audience}`);
    expect((await logIn(jwt.trim())).status).toBe(403);
  });

  test("the token of a pod that is gone is refused", async () => {
    await kubectlApply([podOf("gone")]);
    await waitForPod(SAMPLE, "gone");
    const jwt = await tokenOf("gone");
    expect((await logIn(jwt)).status).toBe(200);
    await kubectl("-n", SAMPLE, "delete", "pod", "gone", "--now");
    await waitUntil("the login is refused", async () => (await logIn(jwt)).status === 403);
  });

  test.runIf(HAS_OPERATOR)("its secret becomes a Secret, and a change arrives", async () => {
    const hasPassword = (password: string) => async () => {
      const data = ["get", "secret", ROLE, "--ignore-not-found", "-o", "jsonpath={.data.password}"];
      return Buffer.from(await kubectl("-n", SAMPLE, ...data), "base64").toString() === password;
    };
    await waitUntil("the Secret has the first value", hasPassword(FIRST));
    await write(NODE, SECOND);
    await waitUntil("the Secret has the second value", hasPassword(SECOND));
  });

  test.runIf(HAS_OPERATOR)("the operator is refused the secret of the Python app", async () => {
    await kubectlApply([
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: "stolen", namespace: SAMPLE },
        spec: {
          refreshInterval: "5s",
          secretStoreRef: { kind: "SecretStore", name: ROLE },
          target: { name: "stolen" },
          dataFrom: [{ extract: { key: `sample/${PYTHON}/dev` } }],
        },
      },
    ]);
    const events = ["-n", SAMPLE, "get", "events", "--field-selector", "involvedObject.name=stolen", "-o", "yaml"];
    await waitUntil("the operator is refused", async () => (await kubectl(...events)).includes("permission denied"));
    expect(await kubectl("-n", SAMPLE, "get", "secret", "stolen", "--ignore-not-found")).toBe("");
  });

  test("no file of Terraform has its secret, or the token of a pod", async () => {
    const jwt = await tokenOf(NODE);
    const texts = readTexts(filesBelow(project.folder));
    expect(filesWith(texts, [FIRST, SECOND, jwt])).toEqual([]);
    // What is written down in clear is found.
    expect(filesWith(texts, [HOST])).not.toEqual([]);
  });
});

/** What the operator of the tenant writes. */
function tenantFile(storageClass: string): Tenant {
  return defineTenant({
    name: TENANT,
    deletionProtection: false,
    cluster: { existing: true },
    instances: [
      {
        name: "main",
        product: PRODUCT,
        address: ADDRESS,
        deployment: {
          mode: "standalone",
          storageClass,
          dataSize: "1Gi",
          auditSize: "1Gi",
          kubernetesApiCidrs: ["0.0.0.0/0"],
          kubernetesAuth: true,
          ...(TENANT_VAULT_CHART === undefined ? {} : { chart: { chart: TENANT_VAULT_CHART } }),
          ...(TENANT_VAULT_SERVER_IMAGE === undefined ? {} : { image: parseImage(TENANT_VAULT_SERVER_IMAGE) }),
        },
        keyValue: [{ mount: "kv" }],
        logins: { kubernetes: {} },
        workloads: [
          {
            name: ROLE,
            namespace: SAMPLE,
            serviceAccount: NODE,
            audience: AUDIENCE,
            delivery: { type: HAS_OPERATOR ? "external-secrets" : "agent-injector" },
            refreshInterval: "5s",
            secrets: [{ type: "key-value", name: ROLE, path: `kv/sample/${NODE}/dev` }],
          },
        ],
      },
    ],
  });
}

/** The stacks of the app, in the order in which they are applied. */
function describeTenant(
  tenant: Tenant,
  { project, bed, rootCaFile }: { project: TerraformProject; bed: TestBed; rootCaFile: string },
): readonly LayerStack[] {
  const operator = {
    central: {
      address: bed.central.server.address,
      caCertificateFile: bed.caFile,
      rootCaFile,
      deletionProtection: false,
    },
    backend: localBackend(project.stateFolder),
  };
  const { app } = project;
  const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: TENANT });
  const central = new CentralStack(app, "central", operator);
  const servers = new VaultStack(app, `${TENANT}-vault`, operator, tenant, cluster);
  const config = new ConfigStack(app, `${TENANT}-config`, operator, tenant, cluster);
  const access = new AccessStack(app, `${TENANT}-access`, operator, tenant, [servers, config]);
  project.synthesize();
  return [central, access, servers, config];
}

/** The apps' namespaces and service accounts, and a pod of the Node app. */
async function createApps(): Promise<void> {
  const accounts = [
    [SAMPLE, NODE],
    [SAMPLE, PYTHON],
    [OTHER, NODE],
  ];
  await kubectlApply([
    ...[SAMPLE, OTHER].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...accounts.map(([namespace, name]) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { namespace, name },
    })),
    podOf(NODE),
  ]);
  await waitForPod(SAMPLE, NODE);
}

/** The token that a pod has for the instance. */
async function tokenOf(pod: string): Promise<string> {
  return (await kubectl("-n", SAMPLE, "exec", pod, "--", "cat", "/var/run/secrets/vault/token")).trim();
}

/** A pod of the Node app, with a token for the instance. */
function podOf(name: string): object {
  const serviceAccountToken = { audience: AUDIENCE, expirationSeconds: 600, path: "token" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: SAMPLE },
    spec: {
      serviceAccountName: NODE,
      containers: [
        {
          name: "app",
          image: TENANT_VAULT_PROBE_IMAGE,
          command: ["sleep", "3600"],
          volumeMounts: [{ name: "vault", mountPath: "/var/run/secrets/vault" }],
        },
      ],
      volumes: [{ name: "vault", projected: { sources: [{ serviceAccountToken }] } }],
    },
  };
}
