import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { tryRun } from "../../../lab/run";
import { kubectl } from "./kubectl";

/** Runs kubectl with a token that a pod has, and nothing else of this machine's rights. */
export async function kubectlAs(token: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const config = parse(await kubectl("config", "view", "--raw", "--flatten", "--minify")) as {
    users: { user: object }[];
  };
  for (const each of config.users) each.user = { token };
  const file = join(mkdtempSync(join(tmpdir(), "tenant-vault-pod-")), "kubeconfig");
  writeFileSync(file, stringify(config), { mode: 0o600 });
  const { code, stderr } = await tryRun("kubectl", ["--kubeconfig", file, ...args]);
  return { code, stderr };
}
