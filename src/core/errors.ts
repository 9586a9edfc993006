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
   * @param scope The construct that was given the input; its path precedes the message.
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

/** What an error is besides its code and its message. */
export interface OperationErrorOptions {
  /** Whether time may heal it, so that trying again makes sense. @default false */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** A command that did not do what it was asked. The message is one sentence: what is wrong, where, how to fix it. It holds no secret. */
export class OperationError extends Error {
  readonly retryable: boolean;

  /** @param code Stable name of what happened, listed in docs/errors.md. */
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
