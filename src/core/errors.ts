/**
 * Wrong input, found at synthesis.
 *
 * The message says what is wrong, the value, what is allowed, and how to fix it.
 */
export class ValidationError extends Error {
  /**
   * @param code Stable name of the rule, listed in docs/errors.md.
   * @param message What is wrong and how to fix it.
   * @param scope The construct that received the input; the message begins with its path.
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
