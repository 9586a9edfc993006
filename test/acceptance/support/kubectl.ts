import { run } from "../../../lab/run";
import { waitUntil } from "../../../lab/wait";

/** Runs kubectl against the cluster that KUBECONFIG names. */
export async function kubectl(...args: string[]): Promise<string> {
  return (await run("kubectl", args)).stdout;
}

/** Creates or changes objects. */
export async function kubectlApply(manifests: readonly object[]): Promise<void> {
  await run("kubectl", ["apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }),
  });
}

/** Waits until a pod's containers run, ready or not. */
export async function waitForPod(namespace: string, name: string): Promise<void> {
  await waitUntil(`the pod ${name} runs`, async () => {
    const args = ["-n", namespace, "get", "pod", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}"];
    return (await kubectl(...args)).trim() === "Running";
  });
}
