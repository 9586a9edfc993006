import { recordPath } from "../../contract/central-vault";
import type { Instance } from "../../contract/instance";
import { namespacePath } from "../../contract/namespaces";
import { OperationError } from "../../core/errors";
import type { StopCode } from "./decide";

/** Where a run has stopped, as far as the way out depends on it. */
export interface StopPlace extends Partial<Pick<Instance, "kubernetes" | "sharedInstance">> {
  /** Newest version of the record. @default - the message does not name it */
  readonly version?: number;
}

/**
 * What it means for an instance that only a person can continue, and the way out.
 *
 * @param place Where its data are. @default - on servers outside Kubernetes
 */
export function explainStop(
  code: StopCode,
  instance: string,
  details: string,
  { kubernetes, sharedInstance, version }: StopPlace = {},
): OperationError {
  const record = recordPath(instance);
  const deletion =
    sharedInstance === undefined
      ? undefined
      : `delete the namespace, with "bao delete sys/namespaces/${namespacePath(instance)}/delete-sealed" and a root token of ${sharedInstance},`;
  const sentences: Record<StopCode, string> = {
    "answer-lost":
      `${instance} is initialised, but its keys are neither in ${record} nor in a journal on this machine; ` +
      "look for them in earlier versions of the record, in the journals of other machines that ran this, and with anyone who may have initialised it by hand; " +
      `only if nobody has them, ${deletion ?? "wipe its storage"} and run this again.`,
    "data-lost":
      `${record} holds keys, but every replica (${details}) says it is not initialised: its data are lost or its addresses are wrong; ` +
      `restore its storage or a snapshot${version === undefined ? "" : `, for which version ${version} of the record has the keys`}, or start empty by the steps in docs/operating/lost-storage.md, which keep these keys as a former version.`,
    "initialized-elsewhere":
      `${instance} is already initialised, but ${record} holds no keys; ` +
      "write root-token and unseal-key-0, unseal-key-1, ... (recovery-key-0, ... where it unseals itself) of that initialisation into the record, " +
      `or ${deletion ?? "wipe the instance's storage,"} and run this again.`,
    "record-deleted":
      `${instance} is initialised, but its record ${record} is deleted; ` +
      `undelete version ${details}, or an earlier one that holds the keys, with "vault kv undelete -versions=${details} ${record}" and run this again.`,
    "too-few-keys": `${record} does not hold enough keys: ${details}; add the missing unseal-key-<n> or recovery-key-<n> fields and run this again.`,
    "seal-differs":
      `${instance} is not sealed as it is described: ${details}; ` +
      `restart the servers with the configuration that is described and run "tenant-vault migrate-seal ${instance}", or correct the description.`,
    "former-member":
      `${details} of ${instance} has data and is not a member of raft: its data are those of a former member, so it gets no key; ` +
      `${emptying(details.split(", "), kubernetes?.namespace)}, and run this again.`,
    split:
      `The replicas of ${instance} (${details}) are clusters of their own, since each initialised itself; ` +
      "let only one server initialise itself, wipe the storage of the others so that they join it, and run this again.",
    "journal-orphaned":
      `The journal ${details} holds an answer with keys of ${instance}, but ${record} no longer has the journal-key to open it; ` +
      "restore the record's version that has it, or, if those keys are not needed, move the journal away.",
  };
  return new OperationError(code, sentences[code]);
}

/** How replicas get empty volumes, so that they join again. */
function emptying(names: readonly string[], namespace: string | undefined): string {
  if (namespace === undefined) return "wipe its data folder while it is stopped, so that it joins";
  const claims = names.map((name) => `data-${name}`).join(" ");
  return (
    "if nothing in them is needed, delete claim and pod, so that it joins with an empty volume: " +
    `"kubectl -n ${namespace} delete pvc ${claims} --wait=false" and "kubectl -n ${namespace} delete pod ${names.join(" ")}"`
  );
}
