import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerStack } from "../../src";
import { waitUntil } from "../../lab/wait";
import { kubectlAs } from "./support/as-pod";
import { kubectl, waitForPod } from "./support/kubectl";
import { KubernetesBed, PRODUCT, type InstanceProps } from "./support/kubernetes-bed";

const RELEASE = "changes-main";
const AUDIT_FOLDER = PRODUCT === "openbao" ? "/openbao/audit" : "/vault/audit";
const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

// Needs a cluster of one node, as kubernetes.test.ts does.
describe.skipIf(process.env.KUBECONFIG === undefined)("changes of a VaultInstance", () => {
  let on: KubernetesBed;
  let newest: LayerStack;

  beforeAll(async () => {
    on = await KubernetesBed.start("changes");
    await on.volumes.add(6);
  });

  afterAll(() => on.stop(newest));

  async function deploy(props: InstanceProps = {}): Promise<string> {
    newest = on.describe({ resources: LARGE, ...props });
    return on.project.apply(newest);
  }

  /** Runs a command in a container of a server. */
  function inside(pod: string, container: string, command: string): Promise<string> {
    return kubectl("-n", RELEASE, "exec", pod, "-c", container, "--", "/bin/sh", "-c", command);
  }

  test("K2, K3: a first deployment that cannot be scheduled ends with what Kubernetes says", async () => {
    const begun = Date.now();
    const failure = await deploy({ spreadOverNodes: true }).then(() => "", unwrapped);
    expect(failure).toMatch(
      /\[pod-not-starting\].* changes-main-\d Pending: 0\/1 nodes are available: 1 node\(s\) didn't match pod anti-affinity/,
    );
    process.stdout.write(`ended after ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(Date.now() - begun).toBeLessThan(260_000);
    expect((await on.run("status")).stdout).toMatch(/changes\/main {2}NOT HEALTHY/);
  });

  test("K2: HighAvailabilityDeploymentProps.spreadOverNodes corrected, the deployment just works", async () => {
    const begun = Date.now();
    expect(await deploy({ spreadOverNodes: false })).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    process.stdout.write(`corrected in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(Date.now() - begun).toBeLessThan(150_000);
    expect((await on.run("status")).stdout).toMatch(/changes\/main {2}healthy/);
  });

  describe("K4: with the token of a server", () => {
    let token: string;
    beforeAll(async () => {
      token = await inside(`${RELEASE}-0`, PRODUCT, `cat ${TOKEN_FOLDER}/token`);
    });

    const own = ["-n", RELEASE, "patch", "pod", `${RELEASE}-0`, "-p"];
    const image = (container: string): object => ({ spec: { containers: [{ name: container, image: "evil:1" }] } });
    test.each<[what: string, args: string[], denial: RegExp]>([
      ["the lingering container's image", [...own, JSON.stringify(image("lingering"))], /not change the specification/],
      ["the server's image", [...own, JSON.stringify(image(PRODUCT))], /not change the specification/],
      ["an annotation", [...own, '{"metadata":{"annotations":{"a":"b"}}}'], /not change annotations/],
      ["a finalizer", [...own, '{"metadata":{"finalizers":["a/b"]}}'], /not change owners and finalizers/],
      ["the labels of Services", [...own, '{"metadata":{"labels":{"component":"other"}}}'], /only the labels/],
      ["a label away", [...own, '{"metadata":{"labels":{"component":null}}}'], /remove only the labels/],
      [
        "another server's label",
        ["-n", RELEASE, "label", "pod", `${RELEASE}-1`, `${PRODUCT}-active=true`, "--overwrite"],
        /own pod only/,
      ],
      ["a pod away", ["-n", RELEASE, "delete", "pod", `${RELEASE}-1`], /forbidden/],
      ["a Secret to itself", ["-n", RELEASE, "get", "secret", `${RELEASE}-tls`], /forbidden/],
      ["a command in", ["-n", RELEASE, "exec", `${RELEASE}-1`, "--", "id"], /forbidden/],
    ])("nobody brings %s", async (_, args, denial) => {
      const { code, stderr } = await kubectlAs(token, ...args);
      expect(stderr).toMatch(denial);
      expect(code).not.toBe(0);
    });

    test("the labels of service registration are set", async () => {
      const label = `${PRODUCT}-version=tried`;
      const { code, stderr } = await kubectlAs(
        token,
        "-n",
        RELEASE,
        "label",
        "pod",
        `${RELEASE}-0`,
        label,
        "--overwrite",
      );
      expect(stderr).toBe("");
      expect(code).toBe(0);
      const labels = await kubectl("-n", RELEASE, "get", "pods", "-L", `${PRODUCT}-active`, "--no-headers");
      expect(labels.match(/true$/gm)).toHaveLength(1);
    });
  });

  test("K4: the container beside the server has no token and does not see the server", async () => {
    const seen = await inside(
      `${RELEASE}-0`,
      "lingering",
      `ls -A ${TOKEN_FOLDER}/ /openbao/userconfig /vault/userconfig 2>/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' '`,
    );
    expect(seen).not.toMatch(/token|namespace$|bao server|vault server|tls/m);
    const environment = await inside(`${RELEASE}-0`, PRODUCT, "ps -o pid,comm | head -50");
    expect(environment).toMatch(/bao|vault/);
  });

  test("K4: the audit log is rotated in the server's own container", async () => {
    const file = `${AUDIT_FOLDER}/audit.log`;
    await inside(`${RELEASE}-0`, PRODUCT, `dd if=/dev/zero bs=1M count=110 >> ${file} 2>/dev/null`);
    await waitUntil("the audit log is rotated", async () => {
      const sizes = await inside(`${RELEASE}-0`, PRODUCT, `ls ${AUDIT_FOLDER}`);
      return sizes.includes("audit.log.1");
    });
    expect((await on.run("status")).code).toBe(0);
    await waitUntil("the server writes the new one", async () => {
      const size = await inside(`${RELEASE}-0`, PRODUCT, `[ ! -f ${file} ] || wc -c < ${file}`);
      return Number(size) > 0 && Number(size) < 100_000_000;
    });
  });

  test("K14: HelmDeploymentProps.resources lowered by more than half, the rolling restart passes", async () => {
    const output = await deploy({ resources: SMALL });
    expect(output).toMatch(/3 of 3 replicas unsealed, .*restarted/);
    const memory = await kubectl(
      ...["-n", RELEASE, "get", "pods", "-l", "component=server"],
      ...["-o", `jsonpath={.items[*].spec.containers[?(@.name=="${PRODUCT}")].resources.requests.memory}`],
    );
    expect(memory.trim().split(" ")).toEqual(Array(3).fill("100Mi"));
  });

  test("HighAvailabilitySpec.mode: 3 replicas to 1 are refused by the plan, and all go on", async () => {
    await expect(refusal()).resolves.toMatch(
      /changes\/main cannot go to 1 replica, because raft would lose its majority .* data-changes-main-1; keep 3 replicas/,
    );
    expect((await on.run("status")).stdout).toMatch(/changes\/main {2}healthy/);
  });

  test("K1: HighAvailabilityDeploymentProps.replicas 3, 5, 3, 5: those that come back are empty, and join", async () => {
    const small = { resources: SMALL };
    await on.volumes.add(4);
    expect(await deploy({ ...small, replicas: 5 })).toMatch(/5 of 5 replicas unsealed, .* 5 raft peers/);
    await expect(refusal()).resolves.toMatch(/cannot go to 1 replica/);
    const output = await deploy({ ...small, replicas: 3 });
    expect(output).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    expect(output).toMatch(/deleted the claim of a replica that is gone.*data-changes-main-3/s);
    const left = await claims();
    expect(left).toContain("data-changes-main-2");
    expect(left).not.toContain("data-changes-main-3");
    expect(left).toContain("audit-changes-main-3");

    await on.volumes.add(2);
    expect(await deploy({ ...small, replicas: 5 })).toMatch(/5 of 5 replicas unsealed, .* 5 raft peers/);
    await waitUntil("each has a vote", async () => (await on.run("status")).code === 0);
  });

  test("K1: a member that was removed from raft and comes back gets no key, and its claim is named", async () => {
    const former = `${RELEASE}-4`;
    await removePeer(former);
    await kubectl("-n", RELEASE, "delete", "pod", former);
    await waitForPod(RELEASE, former);

    const { code, failure } = await on.run("unseal");
    expect(code).toBe(1);
    expect(failure).toMatch(/\[former-member\] changes-main-4 of changes\/main .*delete pvc data-changes-main-4/);
    expect((await on.run("status")).stdout).toMatch(/NOT HEALTHY/);

    // What the message says.
    await kubectl("-n", RELEASE, "delete", "pvc", `data-${former}`, "--wait=false");
    await on.volumes.add(1);
    await kubectl("-n", RELEASE, "delete", "pod", former);
    await waitForPod(RELEASE, former);
    const repaired = await on.run("unseal");
    expect(repaired.failure).toBe("");
    expect(repaired.stdout).toMatch(/5 of 5 replicas unsealed, .* 5 raft peers/);
  });

  test("K1: a removed member that is unsealed by hand is ended, and status sees it", async () => {
    const former = `${RELEASE}-4`;
    await waitUntil("each has a vote", async () => (await on.run("status")).code === 0);
    await removePeer(former);
    const status = await on.run("status");
    expect(status.code).toBe(2);
    expect(status.stdout).toMatch(/changes-main-4 .*no vote in raft/);
    const { failure, stderr } = await on.run("unseal");
    expect(failure).toMatch(/\[former-member\]/);
    expect(stderr).toMatch(/ended a pod that served the old secrets/);
  });

  /** What the plan of one replica fails with. */
  function refusal(): Promise<string> {
    return on.project.plan(on.describe({ resources: SMALL, standalone: true })).then(() => "", unwrapped);
  }

  async function claims(): Promise<string> {
    return kubectl("-n", RELEASE, "get", "pvc", "-o", "name");
  }

  /** Takes a member out of raft, as a person does by mistake and as a former version of the hook did. */
  async function removePeer(name: string): Promise<void> {
    const { "root-token": token = "" } = await on.bed.central.readRecord("changes", "main");
    const leader = (await kubectl("-n", RELEASE, "get", "pods", "-l", `${PRODUCT}-active=true`, "-o", "name")).trim();
    const pod = leader.replace("pod/", "");
    const address = `https://${pod}.${RELEASE}-internal:8200`;
    const command = PRODUCT === "openbao" ? "bao" : "vault";
    const prefix = PRODUCT === "openbao" ? "BAO" : "VAULT";
    await inside(
      pod,
      PRODUCT,
      `${prefix}_TOKEN=${token} ${prefix}_ADDR=${address} ${command} operator raft remove-peer ${name}`,
    );
  }
});

/** Terraform breaks the lines of an error, and puts a bar before each. */
function unwrapped(error: Error): string {
  return stripVTControlCharacters(error.message).replace(/[\s│]+/g, " ");
}

const LARGE = { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } };
const SMALL = { requests: { cpu: "50m", memory: "100Mi" }, limits: { memory: "256Mi" } };
