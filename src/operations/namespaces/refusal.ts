import type { Instance } from "../../contract/instance";
import { OperationError } from "../../core/errors";

/**
 * Refuses an operation on servers, which a namespace shares with others.
 *
 * @param command Of the operation, without the instance.
 * @throws OperationError `shared-servers` if the instance is a namespace.
 */
export function refuseForNamespace(
  { tenant, name, sharedInstance }: Pick<Instance, "tenant" | "name" | "sharedInstance">,
  command: string,
): void {
  if (sharedInstance === undefined) return;
  throw new OperationError(
    "shared-servers",
    `${tenant}/${name} is a namespace of ${sharedInstance} and has no servers of its own; run "tenant-vault ${command} ${sharedInstance}", which concerns every tenant there.`,
  );
}

/**
 * Refuses a rotation of a namespace's keys. OpenBao writes the new key where the shared instance has its own: at its next restart that
 * one has no active server any more. Seen with 2.6.2 and 2.7.2.
 *
 * @throws OperationError `namespace-rotation` if the instance is a namespace.
 */
export function refuseRotation({
  tenant,
  name,
  sharedInstance,
}: Pick<Instance, "tenant" | "name" | "sharedInstance">): void {
  if (sharedInstance === undefined) return;
  throw new OperationError(
    "namespace-rotation",
    `The keys of ${tenant}/${name} are kept, because OpenBao would overwrite a key of ${sharedInstance} and that would not survive its next restart; move the data to a new instance if the keys are known to somebody.`,
  );
}
