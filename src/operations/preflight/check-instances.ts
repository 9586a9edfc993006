import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { secretFields } from "../../central/record";
import type { RecordStore } from "../../central/record-store";
import { VaultClient } from "../../vault/client";
import { ReplicaError } from "../../vault/errors";
import { descriptionsFor, instanceProviders, type SynthesizedStack } from "./synthesized-stack";

/** What the check of the instances works with. */
export interface InstanceChecks {
  /** Folder of the synthesized stacks, in which Terraform runs. */
  readonly folder: string;
  /** PEM certificates that providers trust without a file of their own. @default - those that Node.js trusts */
  readonly caCertificate?: string | undefined;
  /** Proxy to a server. */
  readonly proxyFor: (address: string) => string | undefined;
  /** The record of an instance, `<tenant>/<instance>`. */
  readonly record: (tenant: string, instance: string) => Pick<RecordStore, "read">;
}

/** What keeps Terraform from reaching instances that run already. @returns One line per problem. */
export async function checkInstances(stacks: readonly SynthesizedStack[], checks: InstanceChecks): Promise<string[]> {
  const running = await runningInstances(stacks, checks);
  const problems = stacks.flatMap((stack) =>
    instanceProviders(stack)
      .filter(({ alias }) => running.includes(alias.replace(/^instance-/, "")))
      .map((provider) => checkInstance(stack, provider, checks)),
  );
  return (await Promise.all(problems)).flat();
}

/** Names of the instances that run already: somebody else runs them, or they have a record. */
async function runningInstances(stacks: readonly SynthesizedStack[], checks: InstanceChecks): Promise<string[]> {
  const described = stacks.flatMap((stack) => descriptionsFor(stack, "unseal"));
  const names = described.map(async ({ tenant, name, kubernetes }) => {
    if (kubernetes === undefined) return [String(name)];
    const { fields } = await checks.record(String(tenant), String(name)).read();
    return secretFields(fields).length > 0 ? [String(name)] : [];
  });
  return (await Promise.all(names)).flat();
}

async function checkInstance(
  { name: stack }: SynthesizedStack,
  { address, caFile }: { readonly address: string; readonly caFile?: string },
  { folder, caCertificate, proxyFor }: InstanceChecks,
): Promise<string[]> {
  const file = caFile === undefined ? undefined : resolve(folder, stack, caFile);
  if (file !== undefined && !existsSync(file))
    return [
      `${stack} trusts ${file} at ${address}, which does not exist; deploy the stack "central" here, or copy the file from where it was deployed.`,
    ];
  const client = new VaultClient({
    address,
    caCertificate: file === undefined ? caCertificate : readFileSync(file, "utf8"),
    proxy: proxyFor(address),
  });
  try {
    await client.send("GET", "sys/seal-status");
    return [];
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
    const fix =
      error.failure === "untrusted"
        ? "set caCertificateFile to the certificate of its CA"
        : "check the address and the route to it";
    return [`${stack} cannot use the instance at ${address} (${error.message}); ${fix}.`];
  } finally {
    await client.close();
  }
}
