import { loadTenants } from "tenant-vault/tenant";
import { buildApp } from "./app";
import { operator } from "./operator";

async function main(): Promise<void> {
  // The Vault provider looks up its token in that namespace, even if its own configuration names another one.
  if ((process.env.VAULT_NAMESPACE ?? "") !== "")
    throw new Error(
      "VAULT_NAMESPACE is set, and Terraform would use it in the tenants' instances, too; unset it for cdktf, and set central.namespace in stacks/operator.ts.",
    );
  buildApp(operator, await loadTenants("tenants")).synth();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
