import { run } from "../../../lab/run";

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
