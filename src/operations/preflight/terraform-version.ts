import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Ephemeral values and write-only arguments need it, in OpenTofu as well. */
const MINIMUM = "1.11.0";

/** What is wrong with the Terraform that `cdktf` starts. @returns One line per problem. */
export async function checkTerraform(program: string): Promise<string[]> {
  try {
    const { stdout } = await run(program, ["version", "-json"], { timeout: 30_000 });
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
    return isAtLeast(version, MINIMUM)
      ? []
      : [`${program} is version ${version}; install Terraform or OpenTofu ${MINIMUM} or later.`];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [
      code === "ENOENT"
        ? `${program} is not on PATH; install Terraform or OpenTofu ${MINIMUM} or later, or name it in TERRAFORM_BINARY_NAME.`
        : `"${program} version" fails; check that it is Terraform or OpenTofu ${MINIMUM} or later.`,
    ];
  }
}

/** Whether one version is another or a later one. Pre-releases count as their release. */
export function isAtLeast(version: string, minimum: string): boolean {
  return compare(version, minimum) >= 0;
}

/** Whether a version is in a range of Terraform, such as `>= 5.9, != 5.10.0, < 6` or `~> 3.1`. */
export function isInRange(version: string, range: string): boolean {
  return range.split(",").every((condition) => {
    const [, operator = "=", bound = ""] = /^\s*(>=|<=|!=|~>|>|<|=)?\s*([\d.]+)\s*$/.exec(condition) ?? [];
    const order = compare(version, bound);
    switch (operator) {
      case ">=":
        return order >= 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case "<":
        return order < 0;
      case "!=":
        return order !== 0;
      case "~>":
        // All parts but the last one given are fixed; https://developer.hashicorp.com/terraform/language/expressions/version-constraints
        return (
          order >= 0 &&
          numbers(version)
            .slice(0, numbers(bound).length - 1)
            .join() === numbers(bound).slice(0, -1).join()
        );
      default:
        return order === 0;
    }
  });
}

function compare(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)];
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (version.split("-")[0] ?? "").split(".").map(Number);
}
