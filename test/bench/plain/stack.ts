import { type App, LocalBackend, TerraformResource, TerraformStack } from "cdktf";

export const CENTRAL_ADDRESS = "https://vault.operator.example:8200";

export function emptyStack(app: App, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  stack.addOverride("terraform.required_version", ">= 1.11");
  new LocalBackend(stack, { path: `../../../.terraform-state/${name}.tfstate` });
  return stack;
}

/** Terraform's message of a refused destruction contains its address. */
export function deletionProtection(stack: TerraformStack): void {
  new TerraformResource(stack, "deletion-protection", {
    terraformResourceType: "terraform_data",
    lifecycle: { preventDestroy: true },
  });
}

/** Text of a policy. Each statement: path, capabilities, and what for. */
export function policy(...statements: readonly (readonly [string, readonly string[], string])[]): string {
  return statements
    .map(
      ([path, capabilities, reason]) =>
        `# ${reason}\npath "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`,
    )
    .join("\n");
}

/** The lists of revoked certificates of an authority, as an argument of `GenericEndpoint`. */
export const CRL = {
  dataJson: JSON.stringify({ auto_rebuild: true, expiry: "72h" }),
  disableDelete: true,
  ignoreAbsentFields: true,
};
