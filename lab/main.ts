import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { startLab, type Lab } from "./lab";
import { Progress } from "./progress";
import { proveCertificate } from "./proofs/certificate";
import { proveDatabase } from "./proofs/database";
import { DeployedInstance } from "./proofs/instance";
import { proveNoLeaks } from "./proofs/leaks";
import { proveRestart } from "./proofs/restart";
import { proveSshCertificate, proveSshOneTimePassword } from "./proofs/ssh";
import { proveUnchanged } from "./proofs/unchanged";
import { proveUnsealed } from "./proofs/unsealed";

const USAGE = `Usage: npm run lab -- [--tenant FILE] [--keep]

Starts real servers on loopback, deploys a tenant onto them with the real cdktf, and proves the result as a client.
  --tenant FILE  a tenant file (default: lab/tenant.ts)
  --keep         leave the servers up until Ctrl-C
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tenant: { type: "string", default: "lab/tenant.ts" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const progress = new Progress((line) => process.stdout.write(`${line}\n`));
  const lab = await startLab(values.tenant, progress);
  try {
    await progress.step(`cdktf deploy '*' of ${values.tenant}`, () => lab.cdktf.deploy());
    progress.line("\nProved:");
    await proveAll(lab, progress);
    progress.line(`\nAll of it in ${progress.elapsed()}.`);
    if (values.keep) await keep(lab, progress);
  } finally {
    await lab.stop();
  }
  rmSync(lab.deployFolder, { recursive: true });
}

async function proveAll(lab: Lab, progress: Progress): Promise<void> {
  const instances = await Promise.all(lab.tenant.instances.map((instance) => DeployedInstance.open(lab, instance)));
  for (const instance of instances) {
    await progress.prove(() => proveUnsealed(instance));
    await progress.prove(() => proveCertificate(instance));
    await progress.prove(() => proveSshCertificate(instance));
    await progress.prove(() => proveSshOneTimePassword(instance));
    await progress.prove(() => proveDatabase(instance));
    await progress.prove(() => proveRestart(instance));
  }
  await progress.prove(() => proveUnchanged(lab));
  await progress.prove(() => proveNoLeaks(lab, instances));
}

/** Shows how to get in, and waits. */
async function keep(lab: Lab, progress: Progress): Promise<void> {
  const { address } = lab.central.server;
  progress.line(`\nThe servers stay up until Ctrl-C. Set for bao, vault, psql and tenant-vault:
  export VAULT_CACERT=${lab.caCertificateFile}
  export VAULT_ADDR=${address} VAULT_TOKEN=${lab.central.rootToken}   # the central Vault
  npx tenant-vault status`);
  for (const [name, servers] of lab.replicas) {
    progress.line(`  # ${lab.tenant.name}/${name}: ${servers.map((server) => server.address).join(" ")}
  #   its root token: vault kv get -field=root-token customers/${lab.tenant.name}/${name}`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

main().then(
  // Idle connections of clients would keep the process for some seconds.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
