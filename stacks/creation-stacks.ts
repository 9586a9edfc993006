/**
 * Builds without noting, for each token, where it was created. cdktf keeps a whole stack trace with every token, for the
 * text of an error that is hardly ever seen; for many tenants this is most of the memory and half of the time.
 */
export function withoutCreationStacks<Result>(build: () => Result): Result {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => "";
  try {
    return build();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
