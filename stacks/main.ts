import { loadTenants } from "tenant-vault/tenant";
import { buildApp } from "./app";
import { operator } from "./operator";

async function main(): Promise<void> {
  if ((process.env.VAULT_NAMESPACE ?? "") !== "")
    throw new Error(
      "VAULT_NAMESPACE is set, so Terraform would look for the tenants' instances in that namespace, too; unset it, and set central.namespace in stacks/operator.ts.",
    );
  buildApp(operator, await loadTenants("tenants")).synth();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
