/**
 * Builds without stack traces of tokens. cdktf stores a stack trace with every token, for the text of a rare error. With many
 * tenants, these traces need most of the memory and half of the time. Errors have their stack traces.
 */
export function withoutCreationStacks<Result>(build: () => Result): Result {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- assigned back, not called
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => undefined;
  try {
    return build();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
