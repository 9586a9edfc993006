import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import { WorkloadDelivery } from "../../src";
import type { IWorkloadDelivery, KubernetesObject } from "../../src/spi";
import { all } from "../support/all";
import { toJson } from "../support/synth";
import { kubectl, kubectlApply } from "./support/kubectl";
import { NAMESPACE, NODE, PYTHON, SampleWorkload } from "./support/sample-workload";

const {
  KUBECONFIG = "",
  TENANT_VAULT_OPERATORS = "external-secrets",
  TENANT_VAULT_PROBE_IMAGE = "busybox:1.36",
} = process.env;
const OPERATORS = all(TENANT_VAULT_OPERATORS.split(","));
const INJECTOR = "agent-injector";

/** What differs between the operators. */
interface Operator {
  readonly delivery: IWorkloadDelivery;
  /** Kinds of its objects. */
  readonly kinds: readonly string[];
  /** Whether it restarts the deployment when the secret changes. */
  readonly restarts: boolean;
  /** Object of a secret of the Node app, at another path. */
  at(path: string, object: KubernetesObject): object;
}

const OPERATORS_BY_NAME: Readonly<Record<string, Operator>> = {
  "external-secrets": {
    delivery: WorkloadDelivery.externalSecrets(),
    kinds: ["externalsecrets.external-secrets.io", "secretstores.external-secrets.io"],
    restarts: false,
    at: (key, { spec }) => ({ ...spec, target: { name: "stolen" }, dataFrom: [{ extract: { key } }] }),
  },
  "vault-secrets-operator": {
    delivery: WorkloadDelivery.vaultSecretsOperator({
      restart: { environment: "dev", targets: [{ kind: "Deployment", name: NODE }] },
    }),
    kinds: ["vaultstaticsecrets", "vaultdynamicsecrets", "vaultauths", "vaultconnections"].map(
      (kind) => `${kind}.secrets.hashicorp.com`,
    ),
    restarts: true,
    at: (path, { spec }) => ({ ...spec, path, destination: { name: "stolen", create: true } }),
  },
};

// Needs a cluster, named by KUBECONFIG, with the operators that TENANT_VAULT_OPERATORS names.
describe.skipIf(KUBECONFIG === "")("workloads on a real Kubernetes", () => {
  describe.each(OPERATORS.filter((name) => name !== INJECTOR))("by %s", (name) => {
    const operator = OPERATORS_BY_NAME[name];
    if (operator === undefined)
      throw new Error(`There is no operator ${name}; name ${Object.keys(OPERATORS_BY_NAME).join(", ")}, ${INJECTOR}.`);
    let sample: SampleWorkload;

    beforeAll(async () => {
      sample = await SampleWorkload.start(operator.delivery);
      await kubectlApply([deployment({})]);
    });
    afterAll(() => sample.stop());

    test("the definitions of the operator have every field, and a second plan is empty", async () => {
      const releases = Object.values(toJson(sample.stack).resource.helm_release ?? {});
      for (const { values } of all(releases)) {
        const { objects } = parse((values as readonly string[])[0] ?? "") as { objects: object[] };
        const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
        await run("kubectl", ["-n", NAMESPACE, "apply", "--dry-run=server", "--validate=strict", "-f", "-"], { input });
      }
      expect(await sample.project.isUnchanged(sample.stack)).toBe(true);
    });

    test("a secret of the instance becomes a Secret, and a change arrives", async () => {
      const hasPassword = (password: string) => async () => (await keyOf(`${NODE}-dev`, "password")) === password;
      await waitUntil("the Secret has the first value", hasPassword("first"));
      const before = await revision();
      const begun = Date.now();
      await sample.write("node-api", "second");
      await waitUntil("the Secret has the second value", hasPassword("second"));
      process.stdout.write(`a change arrived after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
      if (operator.restarts) await waitUntil("the deployment restarts", async () => (await revision()) !== before);
      else expect(await revision()).toBe(before);
    });

    test("credentials of the database become a Secret, and log in", async () => {
      await waitUntil("the Secret has credentials", async () => (await keyOf("orders", "password")) !== "");
      const [username, password] = [await keyOf("orders", "username"), await keyOf("orders", "password")];
      expect(await sample.postgresql.canLogIn(username, password)).toBe(true);
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
      await sample.remove(kind, "stolen");
    });

    test("the service account of the Python app does not log in as the Node app", async () => {
      const jwt = (await kubectl("-n", NAMESPACE, "create", "token", PYTHON)).trim();
      const client = sample.bed.central.server.client();
      const { status } = await client.send("POST", "auth/kubernetes/login", {
        body: { role: NODE, jwt },
        accept: [403],
      });
      expect(status).toBe(403);
      await client.close();
    });

    test("a removal takes everything, and no finalizer hangs", async () => {
      const begun = Date.now();
      await sample.project.destroy(sample.stack);
      process.stdout.write(`removed after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
      for (const kind of operator.kinds)
        expect(await kubectl("-n", NAMESPACE, "get", kind, "-o", "name"), kind).toBe("");
      await waitUntil("the Secrets are gone", async () => {
        const left = await kubectl("-n", NAMESPACE, "get", "secret", "-o", "name");
        return !left.includes(`${NODE}-dev`) && !left.includes("tls");
      });
    });
  });

  describe.runIf(OPERATORS.includes(INJECTOR))("by the agent injector", () => {
    let sample: SampleWorkload;
    let pod: string;

    beforeAll(async () => {
      sample = await SampleWorkload.start(WorkloadDelivery.agentInjector());
      await kubectlApply([deployment(await sample.pod())]);
      await kubectl("-n", NAMESPACE, "rollout", "status", `deployment/${NODE}`, "--timeout=90s");
      pod = (await kubectl("-n", NAMESPACE, "get", "pods", "-l", `app=${NODE}`, "-o", "name")).trim();
    });
    afterAll(() => sample.stop());

    const read = async (file: string): Promise<string> =>
      kubectl("-n", NAMESPACE, "exec", pod, "-c", "app", "--", "cat", `/vault/secrets/${file}`);

    test("a secret of the instance is a file with JSON, and a change arrives", async () => {
      expect(JSON.parse(await read(`${NODE}-dev`))).toEqual({ password: "first" });
      await sample.write("node-api", "second");
      await waitUntil("the file has the second value", async () => (await read(`${NODE}-dev`)).includes("second"));
    });

    test("credentials of the database are a file with JSON, and log in", async () => {
      const { username, password } = JSON.parse(await read("orders")) as { username: string; password: string };
      expect(await sample.postgresql.canLogIn(username, password)).toBe(true);
    });

    test("a certificate is a file with its key and its chain", async () => {
      const parts = (await read("tls")).match(/BEGIN [A-Z ]+/g) ?? [];
      expect(parts[0]).toContain("PRIVATE KEY");
      expect(parts.slice(1)).toEqual(["BEGIN CERTIFICATE", "BEGIN CERTIFICATE"]);
    });

    test("no Secret of Kubernetes has any of them, and a second plan is empty", async () => {
      const secrets = await kubectl("-n", NAMESPACE, "get", "secrets", "-o", "json");
      expect(secrets).not.toContain(Buffer.from("second").toString("base64"));
      expect(await sample.project.isUnchanged(sample.stack)).toBe(true);
    });
  });
});

/** The deployment of the Node app. */
function deployment({ annotations = {}, volumes = [] }: { annotations?: object; volumes?: readonly object[] }): object {
  const labels = { app: NODE };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NODE, namespace: NAMESPACE },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: {
          serviceAccountName: NODE,
          terminationGracePeriodSeconds: 0,
          containers: [{ name: "app", image: TENANT_VAULT_PROBE_IMAGE, command: ["sleep", "3600"] }],
          volumes,
        },
      },
    },
  };
}

/** Changes when the template of the deployment's pods does. */
async function revision(): Promise<string> {
  return kubectl("-n", NAMESPACE, "get", "deployment", NODE, "-o", "jsonpath={.metadata.generation}");
}

/** A key of a Secret; empty if there is none. */
async function keyOf(secret: string, key: string): Promise<string> {
  const data = `jsonpath={.data.${key.replaceAll(".", "\\.")}}`;
  const found = await kubectl("-n", NAMESPACE, "get", "secret", secret, "--ignore-not-found", "-o", data);
  return Buffer.from(found, "base64").toString();
}
