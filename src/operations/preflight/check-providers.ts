import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesizedStack } from "./synthesized-stack";
import { isInRange } from "./terraform-version";

/**
 * Providers that Terraform chose before, and that a stack no longer accepts. @returns One line per problem.
 *
 * @param folder Folder of the stacks that `cdktf` deployed, with their lock files.
 */
export function checkProviders(stacks: readonly SynthesizedStack[], folder: string): string[] {
  return stacks.flatMap(({ name, json }) => {
    const file = join(folder, name, ".terraform.lock.hcl");
    if (!existsSync(file)) return [];
    const chosen = readFileSync(file, "utf8").matchAll(/^provider "[^"]*\/([^"/]+)" \{\s*version\s*=\s*"([^"]+)"/gm);
    return [...chosen].flatMap(([, provider = "", version = ""]) => {
      const range = json.terraform?.required_providers?.[provider]?.version;
      return range === undefined || isInRange(version, range)
        ? []
        : [
            `${name} needs the provider ${provider} ${range}, but ${file} chooses ${version}; run "terraform init -upgrade" there.`,
          ];
    });
  });
}
