import { join } from "node:path";
import { neutralEnvironment } from "../environment";
import { tryRun } from "../run";
import { cachedFolder } from "./cache";
import { buildProgram } from "./go";
import { findProgram } from "./path";

/** Terraform or OpenTofu. */
export interface TerraformProgram {
  readonly program: string;
  /** Host part of a provider's full address. */
  readonly registry: "registry.terraform.io" | "registry.opentofu.org";
}

/** First version of Terraform and of OpenTofu with ephemeral values and write-only arguments. */
const OLDEST = [1, 11] as const;

const OPENTOFU = {
  path: "github.com/opentofu/opentofu",
  version: "v1.12.6",
  sum: "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=",
  package: "./cmd/tofu",
  remedy: "Terraform is missing; put terraform or tofu 1.11 or later on PATH, or install Go, which can build OpenTofu.",
};

let found: Promise<TerraformProgram> | undefined;

/** Finds `terraform` or `tofu` on PATH if new enough, else builds OpenTofu from its Go module. It looks once. */
export function obtainTerraform(): Promise<TerraformProgram> {
  return (found ??= findTerraform());
}

async function findTerraform(): Promise<TerraformProgram> {
  for (const name of ["terraform", "tofu"] as const) {
    const program = findProgram(name);
    if (program !== undefined && (await isNewEnough(program))) {
      return { program, registry: name === "tofu" ? "registry.opentofu.org" : "registry.terraform.io" };
    }
  }
  const folder = await cachedFolder(`opentofu-${OPENTOFU.version}`, (unfinished) =>
    buildProgram(OPENTOFU, join(unfinished, "tofu")),
  );
  return { program: join(folder, "tofu"), registry: "registry.opentofu.org" };
}

async function isNewEnough(program: string): Promise<boolean> {
  const { stdout } = await tryRun(program, ["version", "-json"], { env: neutralEnvironment() });
  const version = /"terraform_version":\s*"(\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
