import { readFileSync } from "node:fs";
import { localBackend } from "tenant-vault";
import { loadTenant } from "tenant-vault/tenant";
import { buildApp } from "../stacks/app";
import { PLACEMENT_VARIABLE, placeTenant, type Placement } from "./placement";

async function main(): Promise<void> {
  const placement = JSON.parse(readFileSync(process.env[PLACEMENT_VARIABLE] ?? "", "utf8")) as Placement;
  const { tenant } = await loadTenant(placement.tenantFile);
  const operator = {
    central: {
      address: placement.centralAddress,
      namespace: placement.centralNamespace,
      caCertificateFile: placement.caCertificateFile,
    },
    backend: localBackend(placement.stateFolder),
  };
  buildApp(operator, [placeTenant(tenant, placement)]).synth();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
