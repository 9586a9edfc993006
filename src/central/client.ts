import { systemClock, type Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import { isPassing, ReplicaError, type VaultFailure } from "../vault/errors";
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

/** Sends a request to the central Vault. The message of a failure says what to do. */
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
  try {
    return await central.send(method, path, request);
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

/** Whether a standby could not pass the request on, so nothing was done. It redirects if it does not reach the active server yet. */
function isElection({ status, message }: ReplicaError): boolean {
  return status === REDIRECTED || (status === 500 && message.includes("active cluster node not found"));
}

function explain(error: ReplicaError, address: string, path: string): string {
  const { failure, message } = error;
  const sentences: Record<VaultFailure, string> = {
    unreachable: `The central Vault at ${address} does not answer (${message}); check VAULT_ADDR and that it runs.`,
    untrusted: `The central Vault at ${address} is not trusted: ${message}; set VAULT_CACERT to the certificate of its CA.`,
    sealed: `The central Vault at ${address} is sealed or not initialised; unseal it with "tenant-vault central unseal", and run this again.`,
    denied: `The central Vault at ${address} refuses the token for ${path}; use one that is valid and has the policy of the tenant's hook, tenant-vault-<tenant>-hook.`,
    missing: `The central Vault at ${address} has nothing at ${path}; deploy the stack "central" first.`,
    conflict: `The central Vault at ${address} has a newer version of ${path}, because another program wrote it at the same time; run this again.`,
    refused: `The central Vault at ${address} refuses the request ${message}.`,
  };
  return sentences[failure];
}
