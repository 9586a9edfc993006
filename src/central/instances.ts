import { OperationError } from "../core/errors";
import { parseInstance, type Instance } from "../contract/instance";
import { recordDeleted, RecordStore } from "./record-store";
import type { VaultClient } from "../vault/client";
import { recordPath } from "../contract/central-vault";
import { descriptionDigest, fromMetadata } from "./instance-metadata";
import { descriptionDigests } from "./record";

/** Instance that a command works on. */
export interface Target {
  readonly tenant: string;
  readonly name: string;
}

/** Parses `<tenant>/<instance>`. */
export function parseTarget(text: string): Target {
  const match = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(text);
  if (match === null)
    throw new OperationError(
      "usage",
      `"${text}" does not name an instance; write <tenant>/<instance>, such as customer10/main.`,
    );
  const [, tenant = "", name = ""] = match;
  return { tenant, name };
}

/** Reads the description of an instance: from the environment of the hook, else from the record in the central Vault. */
export async function describeInstance(
  central: VaultClient,
  target: Target,
  environment: NodeJS.ProcessEnv,
): Promise<Instance> {
  if (environment.TENANT_VAULT_INSTANCE === undefined) return recallInstance(central, target);
  const described = parseInstance(environment.TENANT_VAULT_INSTANCE);
  if (described.tenant !== target.tenant || described.name !== target.name) {
    throw new OperationError(
      "description-mismatch",
      `TENANT_VAULT_INSTANCE describes ${described.tenant}/${described.name}, not ${target.tenant}/${target.name}; unset it, or name the instance that it describes.`,
    );
  }
  return described;
}

/**
 * Reads the description of an instance from its record.
 *
 * @throws OperationError if the digest beside the keys does not match the description. Keys and tokens are sent to the
 *   addresses in the description, so a changed one must not be used.
 */
export async function recallInstance(central: VaultClient, target: Target): Promise<Instance> {
  const store = new RecordStore(central, target.tenant, target.name);
  return verifiedInstance(store, target, await store.readMetadata());
}

/** The instance that the metadata of a record describe. @throws OperationError as {@link recallInstance} does. */
export async function verifiedInstance(
  store: Pick<RecordStore, "path" | "read">,
  { tenant, name }: Target,
  metadata: Readonly<Record<string, string>>,
): Promise<Instance> {
  const described = fromMetadata(tenant, name, metadata);
  if (described === undefined) {
    throw new OperationError(
      "not-described",
      `The central Vault does not know ${tenant}/${name}: ${recordPath(store.path)} has no description; deploy the stack ${tenant}-vault first.`,
    );
  }
  const { fields, deleted, version } = await store.read();
  if (deleted) throw recordDeleted(store, version);
  const digests = descriptionDigests(fields);
  if (!digests.includes(descriptionDigest(described))) {
    throw new OperationError(
      "description-unverified",
      `The metadata of ${recordPath(store.path)} do not match the record's description-digest, so no key and no token is sent to the addresses in them; find out who changed the metadata, and deploy the stack ${tenant}-vault, which writes them again.`,
    );
  }
  return described;
}
