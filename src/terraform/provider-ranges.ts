/**
 * The versions that the constructs work with. The prebuilt bindings pin one exact version each,
 * which no two libraries in one project could agree on.
 */
const RANGES: Readonly<Record<string, string>> = {
  openstack: "~> 3.4",
  kubernetes: "~> 2.38",
  helm: "~> 3.1",
  vault: "~> 5.9",
};

interface ProviderRequirement {
  readonly source: string;
  readonly version?: string;
}

/** Terraform with ephemeral values in provider configurations and write-only arguments; OpenTofu has both from 1.11 as well. */
const TERRAFORM_RANGE = ">= 1.11";

/**
 * The stack's JSON with version ranges instead of the exact versions of the bindings; what somebody wrote there by an
 * override stays.
 *
 * @param pins The bindings' exact versions, by the providers' names.
 */
export function withProviderRanges(
  json: Record<string, unknown>,
  pins: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const terraform = (json.terraform ?? {}) as { required_providers?: Record<string, ProviderRequirement> };
  const providers = Object.fromEntries(
    Object.entries(terraform.required_providers ?? {}).map(([name, requirement]): [string, ProviderRequirement] => [
      name,
      requirement.version === pins[name] ? { ...requirement, version: RANGES[name] ?? pins[name] } : requirement,
    ]),
  );
  return {
    ...json,
    terraform: { required_version: TERRAFORM_RANGE, ...terraform, required_providers: providers },
  };
}
