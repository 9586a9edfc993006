import type { ErrorCode } from "./error-codes";

/**
 * Wrong input, found at synthesis.
 *
 * The message is one or two sentences: what is wrong, the value, what is allowed, how to fix it.
 */
export class ValidationError extends Error {
  /**
   * @param code Stable name of the rule, listed in docs/errors.md.
   * @param message What is wrong and how to fix it.
   * @param scope The construct with the wrong input; its path precedes the message.
   */
  constructor(
    readonly code: string,
    message: string,
    scope?: { readonly node: { readonly path: string } },
  ) {
    super(scope === undefined ? message : `[${scope.node.path}] ${message}`);
    this.name = "ValidationError";
  }
}

/** Options of an {@link OperationError}. */
export interface OperationErrorOptions {
  /** Whether a retry may succeed without a change by a person. @default false */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** Failure of a command. The message is one sentence: what is wrong, where, how to fix it. It contains no secret. */
export class OperationError extends Error {
  readonly retryable: boolean;

  /** @param code Stable code of the failure, listed in docs/errors.md. */
  constructor(
    readonly code: ErrorCode,
    message: string,
    { retryable = false, cause }: OperationErrorOptions = {},
  ) {
    super(message, { cause });
    this.name = new.target.name;
    this.retryable = retryable;
  }
}
