import { OperationError } from "../core/errors";

/** Reasons for failed requests. */
export const VAULT_FAILURES = [
  "unreachable",
  "untrusted",
  "sealed",
  "denied",
  "missing",
  "conflict",
  "refused",
] as const;

/** Reason for a failed request. */
export type VaultFailure = (typeof VAULT_FAILURES)[number];

const TOO_MANY_REQUESTS = 429;
/** Lowest status of a server error. */
const SERVER_FAILED = 500;

/** Whether a retry may succeed: the server restarts, waits to be unsealed, or is overloaded. */
export function isPassing(failure: VaultFailure, status?: number): boolean {
  if (failure === "unreachable" || failure === "sealed") return true;
  return status !== undefined && (status >= SERVER_FAILED || status === TOO_MANY_REQUESTS);
}

/** Failed request to a server of an instance. Requests to the central Vault fail with a CentralError. */
export class ReplicaError extends OperationError {
  constructor(
    readonly failure: VaultFailure,
    message: string,
    readonly status?: number,
  ) {
    super(`replica-${failure}`, message, { retryable: isPassing(failure, status) });
  }
}

/** An answer that no Vault or OpenBao gives: another program is at the address. */
export class ForeignAnswerError extends ReplicaError {
  constructor(path: string, status?: number) {
    super("refused", `${path}: the answer is not that of a Vault or OpenBao`, status);
  }
}

/** Failure of this machine. It says nothing about the server. */
export class LocalError extends OperationError {
  constructor(code: string) {
    super(
      "local-limit",
      `This machine cannot open more connections (${code}); raise its limit of open files, for example with "ulimit -n 4096".`,
      { retryable: true },
    );
  }
}

/** Error codes of this machine's limits: open files of the process and of the system, buffers, ports. */
const LOCAL = ["EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL"];

/** Converts an error of a connection or a request. */
export function connectionError(error: unknown, timeout: number): ReplicaError | LocalError {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && LOCAL.includes(code)) return new LocalError(code);
  if (name === "TimeoutError") return new ReplicaError("unreachable", `no answer within ${timeout / 1000} s`);
  if (name === "AbortError") return new ReplicaError("unreachable", "the request was cut off");
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) {
    return new ReplicaError("untrusted", `its TLS certificate is not accepted (${code})`);
  }
  return new ReplicaError("unreachable", code ?? message);
}
