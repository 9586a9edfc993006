import { systemClock, type Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import { ForeignAnswerError, isPassing, ReplicaError, type VaultFailure } from "../vault/errors";
import type { VaultClient, VaultRequest, VaultResponse } from "../vault/client";

/** Failed request to the central Vault. */
export class CentralError extends OperationError {
  constructor(
    readonly failure: VaultFailure,
    message: string,
    readonly status?: number,
  ) {
    super(`central-${failure}`, message, { retryable: failure === "conflict" || isPassing(failure, status) });
  }
}

type Method = "GET" | "POST" | "PATCH" | "LIST" | "DELETE";

/** Attempts, and milliseconds between them, while the servers of the central Vault elect a leader: 20 s. */
const ELECTION = { attempts: 80, pause: 250 };

/**
 * Sends a request to the central Vault. The message of a failure says what to do. A proxy or a maintenance page that answers in the
 * place of a Vault is a failure, because its 404 or its empty 200 would mean that nothing was ever written.
 *
 * @throws CentralError, also if a 404 that the request accepts is not about the secret: its mount or its namespace does not exist.
 */
export async function askCentral(
  central: VaultClient,
  method: Method,
  path: string,
  request: VaultRequest = {},
  clock: Pick<Clock, "sleep"> = systemClock,
): Promise<VaultResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(central, method, path, request);
    if (answer !== "no active server") return answer;
    if (attempt === ELECTION.attempts || central.signal?.aborted === true) {
      throw new CentralError(
        "unreachable",
        `The central Vault at ${central.address} has no active server; check its raft cluster and run this again.`,
      );
    }
    await clock.sleep(ELECTION.pause, central.signal);
  }
}

async function ask(
  central: VaultClient,
  method: Method,
  path: string,
  request: VaultRequest,
): Promise<VaultResponse | "no active server"> {
  const { accept = [] } = request;
  try {
    const answer = await central.send(method, path, { ...request, accept: [...accept, MISSING] });
    if (!isOfVault(method, answer)) throw new ForeignAnswerError(path, answer.status);
    if (answer.status !== MISSING) return answer;
    // With errors, it says that the mount or the namespace does not exist.
    const { errors } = answer.body;
    if (accept.includes(MISSING) && (!Array.isArray(errors) || errors.length === 0)) return answer;
    throw new ReplicaError("missing", path, MISSING);
  } catch (error) {
    if (error instanceof ReplicaError && isElection(error)) return "no active server";
    if (error instanceof CentralError) {
      // This error comes from the client's attempt to log in again.
      const message = `The central Vault denies the token for ${path}, and the login for a new token failed: ${error.message}`;
      throw new CentralError(error.failure, message, error.status);
    }
    if (!(error instanceof ReplicaError)) throw error;
    throw new CentralError(error.failure, explain(error, central.address, path), error.status);
  }
}

const REDIRECTED = 307;
const NO_CONTENT = 204;
const MISSING = 404;

/**
 * Whether an answer has what those of Vault and OpenBao always have: `errors` with a failure, and `data` and `auth`, one of which may be
 * null, otherwise. A version of a secret that was deleted has the status 404 with data. A list without names has none, beside a warning.
 */
function isOfVault(method: Method, { status, body }: VaultResponse): boolean {
  const { data, errors } = body;
  const hasData = typeof data === "object" && data !== null && !Array.isArray(data);
  // Of metadata that do not exist, the answer to a PATCH has no body. What follows meets the proxy, if it was one.
  if (status === MISSING && (hasData || method === "PATCH")) return true;
  if (status >= 300) return Array.isArray(errors);
  return status === NO_CONTENT || (method === "GET" ? hasData : "data" in body || "auth" in body);
}

/** Whether a standby could not pass the request on, so nothing was done. It redirects if it does not reach the active server yet. */
function isElection({ status, message }: ReplicaError): boolean {
  return status === REDIRECTED || (status === 500 && message.includes("active cluster node not found"));
}

function explain(error: ReplicaError, address: string, path: string): string {
  const { failure, message, status } = error;
  if (error instanceof ForeignAnswerError) {
    return `What ${address} answers for ${path} (${status}) is not an answer of a Vault; check that VAULT_ADDR names the central Vault, and that no proxy or maintenance page answers in its place.`;
  }
  const sentences: Record<VaultFailure, string> = {
    unreachable: `The central Vault at ${address} does not answer (${message}); check VAULT_ADDR and that it runs.`,
    untrusted: `The central Vault at ${address} is not trusted: ${message}; set VAULT_CACERT to the certificate of its CA.`,
    sealed: `The central Vault at ${address} is sealed or not initialised; unseal it with "tenant-vault central unseal", and run this again.`,
    denied: `The central Vault at ${address} refuses the token for ${path}; use one that is valid and has the policy of the tenant's hook, tenant-vault-<tenant>-hook.`,
    missing: `The central Vault at ${address} has nothing at ${path}; deploy the stack "central" first, and check VAULT_NAMESPACE.`,
    conflict: `The central Vault at ${address} has a newer version of ${path}, because another program wrote it at the same time; run this again.`,
    refused: `The central Vault at ${address} refuses the request ${message}.`,
  };
  return sentences[failure];
}
