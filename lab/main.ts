import { once } from "node:events";
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { interruption } from "./interruption";
import { startLab, type Lab } from "./lab";
import { Progress } from "./progress";
import { proveCertificate } from "./proofs/certificate";
import { proveDatabase } from "./proofs/database";
import { proveGuide } from "./proofs/guide";
import { DeployedInstance } from "./proofs/instance";
import { proveKeyValue } from "./proofs/key-value";
import { proveNoLeaks } from "./proofs/leaks";
import { proveRestart } from "./proofs/restart";
import { proveNoRoot } from "./proofs/root-token";
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
  let failed = false;
  try {
    await progress.step(`deployment of the stack central, and cdktf deploy of the layers of ${values.tenant}`, () =>
      lab.cdktf.deploy(),
    );
    progress.line("\nProofs:");
    await proveAll(lab, progress);
    progress.line(`\nDone in ${progress.elapsed()}.`);
    if (values.keep) await keep(lab, progress);
  } catch (error) {
    failed = !interruption.signal.aborted;
    throw error;
  } finally {
    await lab.stop();
    // After a failure, the logs and states explain it.
    if (!failed) rmSync(lab.deployFolder, { recursive: true });
  }
}

async function proveAll(lab: Lab, progress: Progress): Promise<void> {
  const instances = await Promise.all(lab.tenant.instances.map((instance) => DeployedInstance.open(lab, instance)));
  // First: others look into the instance with its root token.
  for (const instance of instances) await progress.prove(() => proveNoRoot(instance));
  for (const instance of instances) {
    await progress.prove(() => proveUnsealed(instance));
    await progress.prove(() => proveCertificate(instance));
    await progress.prove(() => proveSshCertificate(instance));
    await progress.prove(() => proveSshOneTimePassword(instance));
    await progress.prove(() => proveDatabase(instance));
    await progress.prove(() => proveKeyValue(instance));
    await progress.prove(() => proveGuide(instance));
    await progress.prove(() => proveRestart(instance));
  }
  await progress.prove(() => proveUnchanged(lab));
  await progress.prove(() => proveNoLeaks(lab, instances));
}

/** Prints how to connect to the servers, and waits for an interruption. */
async function keep(lab: Lab, progress: Progress): Promise<void> {
  const { address } = lab.central.server;
  progress.line(`\nThe servers run until Ctrl-C. Set these variables for bao, vault, psql and tenant-vault:
  export VAULT_CACERT=${lab.caCertificateFile}
  export VAULT_ADDR=${address} VAULT_TOKEN=${lab.central.rootToken}   # the central Vault
  npx tenant-vault status`);
  for (const [name, servers] of lab.replicas) {
    progress.line(`  # ${lab.tenant.name}/${name}: ${servers.map((server) => server.address).join(" ")}
  #   its root token: vault kv get -field=root-token customers/${lab.tenant.name}/${name}`);
  }
  if (!interruption.signal.aborted) await once(interruption.signal, "abort");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
// A closed terminal or pipe must not prevent the lab from stopping its servers.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

main().then(
  // Idle connections of clients would keep the process running for some seconds.
  () => process.exit(0),
  (error: unknown) => {
    if (interruption.signal.aborted) process.exit(130);
    process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
