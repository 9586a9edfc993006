/**
 * Wrong input, found at synthesis.
 *
 * The message is one sentence or two: what is wrong, the value, what is allowed, how to mend it.
 */
export class ValidationError extends Error {
  /**
   * @param code Stable name of the rule, listed in docs/errors.md.
   * @param message What is wrong and how to mend it.
   * @param scope The construct that was given the input; its path is put before the message.
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
