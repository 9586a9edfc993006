import { OperationError } from "../core/errors";

/** Why a request may fail. */
export const VAULT_FAILURES = [
  "unreachable",
  "untrusted",
  "sealed",
  "denied",
  "missing",
  "conflict",
  "refused",
] as const;

/** Why a request failed. */
export type VaultFailure = (typeof VAULT_FAILURES)[number];

const TOO_MANY_REQUESTS = 429;
/** And above. */
const SERVER_FAILED = 500;

/** Whether time may heal a failure: the server restarts, is sealed until somebody unseals it, or has too much to do. */
export function isPassing(failure: VaultFailure, status?: number): boolean {
  if (failure === "unreachable" || failure === "sealed") return true;
  return status !== undefined && (status >= SERVER_FAILED || status === TOO_MANY_REQUESTS);
}

/** A server did not do what it was asked. The central Vault's failures are CentralErrors. */
export class ReplicaError extends OperationError {
  constructor(
    readonly failure: VaultFailure,
    message: string,
    readonly status?: number,
  ) {
    super(`replica-${failure}`, message, { retryable: isPassing(failure, status) });
  }
}

/** This machine did not do its part, which says nothing of the server. */
export class LocalError extends OperationError {
  constructor(code: string) {
    super(
      "local-limit",
      `This machine opens no more connections (${code}); raise its limit of open files, as with "ulimit -n 4096".`,
      { retryable: true },
    );
  }
}

/** Limits of this machine: files of the process and of the system, buffers, ports. */
const LOCAL = ["EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL"];

/** What kept a connection from being made, or a request from being answered. */
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
