/**
 * Builds without noting, for each token, where it was created. cdktf keeps a whole stack trace with every token, for the
 * text of an error that is hardly ever seen; for many tenants this is most of the memory and half of the time.
 */
export function withoutCreationStacks<Result>(build: () => Result): Result {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back where it was, not called
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => "";
  try {
    return build();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
