import { connect, createServer, type Server } from "node:tls";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import {
  Duration,
  KeyValue,
  KubernetesLogin,
  LayerStack,
  localBackend,
  RootCa,
  TenantPKI,
  VaultProvider,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
} from "../../src";
import type { IWorkloadDelivery, KubernetesObject } from "../../src/spi";
import { HelmProvider } from "../../src/terraform/providers/kubernetes";
import { TerraformProject } from "../integration/support/terraform-project";
import { TestBed } from "../integration/support/test-bed";
import { all } from "../support/all";
import { toJson } from "../support/synth";
import { kubectl, kubectlApply } from "./support/kubectl";

const {
  KUBECONFIG = "",
  TENANT_VAULT_HOST_ADDRESS = "127.0.0.1",
  TENANT_VAULT_OPERATORS = "external-secrets",
} = process.env;

/** The cluster may have the namespace of the documentation, so it has another name. */
const NAMESPACE = "acceptance-sample";
const NODE = "sample-node-api";
const PYTHON = "sample-python-api";

/** What differs between the operators. */
interface Operator {
  readonly delivery: IWorkloadDelivery;
  /** Kinds of its objects. */
  readonly kinds: readonly string[];
  /** Object of a secret of the Node app, at another path. */
  at(path: string, object: KubernetesObject): object;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "external-secrets": {
    delivery: WorkloadDelivery.externalSecrets(),
    kinds: ["externalsecrets.external-secrets.io", "secretstores.external-secrets.io"],
    at: (key, { spec }) => ({ ...spec, target: { name: "stolen" }, dataFrom: [{ extract: { key } }] }),
  },
  "vault-secrets-operator": {
    delivery: WorkloadDelivery.vaultSecretsOperator({
      restart: { environment: "dev", targets: [{ kind: "Deployment", name: NODE }] },
    }),
    kinds: ["vaultstaticsecrets", "vaultdynamicsecrets", "vaultauths", "vaultconnections"].map(
      (kind) => `${kind}.secrets.hashicorp.com`,
    ),
    at: (path, { spec }) => ({ ...spec, path, destination: { name: "stolen", create: true } }),
  },
};

// Needs a cluster, named by KUBECONFIG, with the operators that TENANT_VAULT_OPERATORS names.
describe.skipIf(KUBECONFIG === "")("workloads on a real Kubernetes", () => {
  describe.each(all(TENANT_VAULT_OPERATORS.split(",")))("by %s", (name) => {
    const operator = OPERATORS[name];
    if (operator === undefined)
      throw new Error(`There is no operator ${name}; name ${Object.keys(OPERATORS).join(", ")}.`);
    let bed: TestBed;
    let gate: Server;
    let project: TerraformProject;
    let stack: LayerStack;

    beforeAll(async () => {
      bed = await TestBed.start({ prepared: false });
      gate = await openGate(bed);
      await createAccounts();
      project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
      stack = await workloads(project, bed, gate, operator.delivery);
      project.synthesize();
      await project.apply(stack);
      for (const app of ["node-api", "python-api"]) await write(bed, app, "first");
    });

    afterAll(async () => {
      try {
        await project.destroy(stack);
        project.remove();
        await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
        await kubectl("delete", "clusterrolebinding", NAMESPACE, "--ignore-not-found");
      } finally {
        gate.close();
        await bed.stop();
      }
    });

    test("the definitions of the operator have every field, and a second plan is empty", async () => {
      const releases = Object.values(toJson(stack).resource.helm_release ?? {});
      for (const { values } of all(releases)) {
        const { objects } = parse((values as readonly string[])[0] ?? "") as { objects: object[] };
        const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
        await run("kubectl", ["-n", NAMESPACE, "apply", "--dry-run=server", "--validate=strict", "-f", "-"], { input });
      }
      expect(await project.isUnchanged(stack)).toBe(true);
    });

    test("a secret of the instance becomes a Secret, and a change arrives", async () => {
      await waitUntil(
        "the Secret has the first value",
        async () => (await keyOf(`${NODE}-dev`, "password")) === "first",
      );
      const begun = Date.now();
      await write(bed, "node-api", "second");
      await waitUntil(
        "the Secret has the second value",
        async () => (await keyOf(`${NODE}-dev`, "password")) === "second",
      );
      process.stdout.write(`a change arrived after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    });

    test("a certificate becomes a Secret for TLS", async () => {
      await waitUntil("the Secret has a certificate", async () =>
        (await keyOf("tls", "tls.crt")).includes("BEGIN CERTIFICATE"),
      );
      expect(await kubectl("-n", NAMESPACE, "get", "secret", "tls", "-o", "jsonpath={.type}")).toBe(
        "kubernetes.io/tls",
      );
      expect(await keyOf("tls", "tls.key")).toContain("PRIVATE KEY");
    });

    test("the secret of the Python app is refused", async () => {
      const [kind = ""] = operator.kinds;
      const own = JSON.parse(
        await kubectl("-n", NAMESPACE, "get", kind, `${NODE}-dev`, "-o", "json"),
      ) as KubernetesObject;
      const stolen = {
        ...own,
        metadata: { name: "stolen", namespace: NAMESPACE },
        spec: operator.at("sample/python-api/dev", own),
      };
      await kubectlApply([stolen]);
      const events = ["-n", NAMESPACE, "get", "events", "--field-selector", "involvedObject.name=stolen", "-o", "yaml"];
      await waitUntil("the operator is refused", async () => (await kubectl(...events)).includes("permission denied"));
      expect(await kubectl("-n", NAMESPACE, "get", "secret", "stolen", "--ignore-not-found")).toBe("");
      await kubectl("-n", NAMESPACE, "delete", kind, "stolen");
    });

    test("the service account of the Python app does not log in as the Node app", async () => {
      const jwt = (await kubectl("-n", NAMESPACE, "create", "token", PYTHON)).trim();
      const client = bed.central.server.client();
      const { status } = await client.send("POST", "auth/kubernetes/login", {
        body: { role: NODE, jwt },
        accept: [403],
      });
      expect(status).toBe(403);
      await client.close();
    });

    test("a removal takes everything, and no finalizer hangs", async () => {
      const begun = Date.now();
      await project.destroy(stack);
      process.stdout.write(`removed after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
      for (const kind of operator.kinds)
        expect(await kubectl("-n", NAMESPACE, "get", kind, "-o", "name"), kind).toBe("");
      await waitUntil("the Secrets are gone", async () => {
        const left = await kubectl("-n", NAMESPACE, "get", "secret", "-o", "name");
        return !left.includes(`${NODE}-dev`) && !left.includes("tls");
      });
    });
  });
});

/** The instance, its logins of pods, and the Node app. */
async function workloads(
  project: TerraformProject,
  bed: TestBed,
  gate: Server,
  delivery: IWorkloadDelivery,
): Promise<LayerStack> {
  const stack = new LayerStack(project.newApp(), "workloads", localBackend(project.stateFolder));
  const { address } = bed.central.server;
  const provider = new VaultProvider(stack, "Vault", { address, caCertFile: bed.caFile });
  new HelmProvider(stack, "Helm", { kubernetes: { configPath: KUBECONFIG } });
  const kv = new KeyValue(stack, "Kv", { mount: "kv", deletionProtection: false, provider });
  const rootCa = new RootCa(stack, "Root", {
    commonName: "Root",
    mount: "pki-root",
    address,
    provider,
    deletionProtection: false,
  });
  const pki = new TenantPKI(stack, "Pki", {
    commonName: "CA",
    address,
    rootCa,
    roles: [{ name: "web", allowedDomains: ["sample.internal"] }],
    deletionProtection: false,
    provider,
  });
  const { host, caCertificate, audience } = await cluster();
  new Workload(stack, "Node", {
    name: NODE,
    namespace: NAMESPACE,
    serviceAccount: NODE,
    audience,
    // The server is not in the cluster, so pods review their tokens themselves.
    login: new KubernetesLogin(stack, "Kubernetes", { host, caCertificate, provider }),
    server: {
      address: `https://${TENANT_VAULT_HOST_ADDRESS}:${(gate.address() as AddressInfo).port}`,
      caCertificate: bed.authority.certificate,
    },
    delivery,
    secrets: [
      WorkloadSecret.keyValue({ name: `${NODE}-dev`, keyValue: kv, path: "sample/node-api/dev" }),
      WorkloadSecret.certificate({
        name: "tls",
        role: pki.role("web"),
        commonName: "a.sample.internal",
        ttl: Duration.hours(1),
      }),
    ],
    refreshInterval: Duration.seconds(5),
    provider,
  });
  return stack;
}

/** The API of the cluster, and the audience of its own tokens. */
async function cluster(): Promise<{ host: string; caCertificate: string; audience: string }> {
  const config = parse(await kubectl("config", "view", "--raw", "--flatten", "--minify")) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  };
  const [found] = config.clusters;
  const token = await kubectl("-n", NAMESPACE, "create", "token", NODE);
  const { aud } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { aud: string[] };
  return {
    host: found?.cluster.server ?? "",
    caCertificate: Buffer.from(found?.cluster["certificate-authority-data"] ?? "", "base64").toString(),
    audience: aud[0] ?? "",
  };
}

async function createAccounts(): Promise<void> {
  const accounts = [NODE, PYTHON].map((name) => ({ name, namespace: NAMESPACE }));
  await kubectlApply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    ...accounts.map((metadata) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: NAMESPACE },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: accounts.map((account) => ({ kind: "ServiceAccount", ...account })),
    },
  ]);
}

/** Lets the cluster reach the server, which listens on this machine alone. */
async function openGate({ authority, central }: TestBed): Promise<Server> {
  const { certificate: cert, key } = await authority.issue("gate", [TENANT_VAULT_HOST_ADDRESS]);
  const port = Number(new URL(central.server.address).port);
  const gate = createServer({ cert, key }, (socket) => {
    const onward = connect({ host: "127.0.0.1", port, ca: authority.certificate });
    for (const end of [socket, onward]) end.on("error", () => [socket, onward].forEach((each) => each.destroy()));
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => gate.listen(0, TENANT_VAULT_HOST_ADDRESS, resolve));
  return gate;
}

async function write({ central }: TestBed, app: string, password: string): Promise<void> {
  await central.client.send("POST", `kv/data/sample/${app}/dev`, { body: { data: { password } } });
}

/** A key of a Secret; empty if there is none. */
async function keyOf(secret: string, key: string): Promise<string> {
  const data = `jsonpath={.data.${key.replaceAll(".", "\\.")}}`;
  const found = await kubectl("-n", NAMESPACE, "get", "secret", secret, "--ignore-not-found", "-o", data);
  return Buffer.from(found, "base64").toString();
}
