import { askCentral, CentralError } from "../../central/client";
import { readSecret } from "../../central/key-value";
import { RECORDS_MOUNT } from "../../contract/central-vault";
import type { VaultClient } from "../../vault/client";
import { requiredAccess, type RequiredAccess } from "./required-access";
import {
  centralAddress,
  descriptionsFor,
  secretReads,
  type SecretRead,
  type SynthesizedStack,
} from "./synthesized-stack";

/** Mounts that the hook fills, after this check. */
const FILLED_BY_HOOK = [RECORDS_MOUNT, "access"];

/** What is wrong with the central Vault, the token, and the secrets that Terraform reads. @returns One line per problem. */
export async function checkCentral(central: VaultClient, stacks: readonly SynthesizedStack[]): Promise<string[]> {
  const wrongAddress = checkAddress(central, stacks);
  try {
    // A Vault that cannot be reached, or denies the token, has one problem, and not one per secret.
    await askCentral(central, "GET", "auth/token/lookup-self");
  } catch (error) {
    return [...wrongAddress, sentenceOf(error)];
  }
  const [access, secrets] = await Promise.all([checkAccess(central, stacks), checkSecrets(central, stacks)]);
  return [...wrongAddress, ...access, ...secrets];
}

function checkAddress(central: VaultClient, stacks: readonly SynthesizedStack[]): string[] {
  const named = stacks
    .map(centralAddress)
    .find((address) => address !== undefined)
    ?.replace(/\/+$/, "");
  if (named === undefined || named === central.address) return [];
  return [`VAULT_ADDR is ${central.address}, but stacks/operator.ts names ${named}; use one address in both.`];
}

async function checkAccess(central: VaultClient, stacks: readonly SynthesizedStack[]): Promise<string[]> {
  const needed = requiredAccess(stacks);
  if (needed.length === 0) return [];
  const paths = [...new Set(needed.map(({ path }) => path))];
  try {
    const { body } = await askCentral(central, "POST", "sys/capabilities-self", { body: { paths } });
    return needed.filter((access) => !isAllowed(access, body)).map(explainAccess);
  } catch (error) {
    return [sentenceOf(error)];
  }
}

function isAllowed({ path, capability }: RequiredAccess, body: Record<string, unknown>): boolean {
  const capabilities = body[path];
  return Array.isArray(capabilities) && (capabilities.includes(capability) || capabilities.includes("root"));
}

function explainAccess({ path, capability, reason }: RequiredAccess): string {
  return `The token for the central Vault lacks the capability "${capability}" on ${path}, which ${reason} needs; add it to a policy of the token.`;
}

async function checkSecrets(central: VaultClient, stacks: readonly SynthesizedStack[]): Promise<string[]> {
  const madeHere = stacks
    .flatMap((stack) => descriptionsFor(stack, "kubespray"))
    .map(({ kubeconfig }) => kubeconfig as SecretRead);
  const reads = stacks.flatMap((stack) => secretReads(stack).map((read) => ({ ...read, stack: stack.name })));
  const wanted = reads.filter(
    ({ mount, path }) =>
      !FILLED_BY_HOOK.includes(mount) && !madeHere.some((made) => made.mount === mount && made.path === path),
  );
  return (await Promise.all(wanted.map((read) => checkSecret(central, read)))).flat();
}

async function checkSecret(central: VaultClient, { stack, mount, path, fields }: SecretRead & { stack: string }) {
  const place = `${mount}/${path}`;
  const put = `vault kv put ${place} ${fields.map((field) => `${field}=...`).join(" ")}`;
  try {
    const { data } = await readSecret(central, mount, path);
    if (data === undefined)
      return [`${stack} reads the secret ${place} of the central Vault, which does not exist; write it: ${put}`];
    return fields
      .filter((field) => !(field in data))
      .map(
        (field) =>
          `${stack} reads the field "${field}" of the secret ${place} of the central Vault, which has only ${Object.keys(data).join(", ") || "no field"}; write it: vault kv patch ${place} ${field}=...`,
      );
  } catch (error) {
    // The check of the capabilities tells it.
    if (error instanceof CentralError && error.failure === "denied") return [];
    if (error instanceof CentralError && error.failure === "missing")
      return [
        `${stack} reads the secret ${place} of the central Vault, which does not exist, and neither does its mount; make both: vault secrets enable -path=${mount} -version=2 kv, and ${put}`,
      ];
    return [sentenceOf(error)];
  }
}

/** @throws The error itself, unless it is the central Vault's. */
function sentenceOf(error: unknown): string {
  if (error instanceof CentralError) return error.message;
  throw error;
}
