import { loadTenants } from "tenant-vault/tenant";
import { buildApp } from "./app";
import { operator } from "./operator";

async function main(): Promise<void> {
  buildApp(operator, await loadTenants("tenants")).synth();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
