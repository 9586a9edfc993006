import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { filesBelow, filesWith, has, readTexts, type Texts } from "../secret-search";
import { expect, type DeployedInstance } from "./instance";

/** Proves that no file contains a secret: synthesized JSON, plans, states, logs of the deployment and of the servers. */
export async function proveNoLeaks(lab: Lab, instances: readonly DeployedInstance[]): Promise<string> {
  const stacks = ["central", `${lab.tenant.name}-vault`, `${lab.tenant.name}-config`];
  for (const stack of stacks) {
    writeFileSync(join(lab.cdktf.stackFolder(stack), "review.json"), await lab.cdktf.planJson(stack));
  }
  const secrets = [
    lab.central.rootToken,
    ...lab.central.unsealKeys,
    ...lab.passwords,
    ...instances.flatMap((instance) => instance.secrets),
  ];
  const texts = readTexts([
    ...filesBelow(lab.deployFolder),
    ...filesBelow(lab.serverFolder).filter((file) => file.endsWith(".log")),
  ]);
  for (const stack of stacks) expectInspected(lab, stack, texts);
  const leaks = filesWith(texts, secrets);
  expect(leaks.length === 0, `${leaks.join(" and ")} holds none of the secrets`);
  return `none of ${secrets.length} keys, tokens and passwords is in any of ${texts.size} files: cdktf.out, plans, states, logs`;
}

/** Checks that the search covers the state, the plan and the log of a stack. A search in empty files proves nothing. */
function expectInspected(lab: Lab, stack: string, texts: Texts): void {
  const folder = lab.cdktf.stackFolder(stack);
  for (const [file, text] of [
    [join(lab.deployFolder, "state", `${stack}.tfstate`), "terraform_version"],
    // The plan is an archive; the text is in one of its members.
    [join(folder, "review.tfplan"), "terraform_version"],
    [join(folder, "review.json"), "terraform_version"],
    [lab.cdktf.logFile, stack],
  ] as const)
    expect(has(texts, file, text), `${file} is inspected and contains ${stack}`);
}
