import { expect, test } from "vitest";
import { connectionError, isPassing, ReplicaError } from "../../../src/vault/errors";

test.each([
  ["unreachable", undefined, true],
  ["sealed", 503, true],
  ["refused", 500, true],
  ["refused", 429, true],
  ["refused", 400, false],
  ["denied", 403, false],
  ["missing", 404, false],
  ["untrusted", undefined, false],
] as const)("a failure %s with status %s passes with time: %s", (failure, status, passes) => {
  expect(isPassing(failure, status)).toBe(passes);
  expect(new ReplicaError(failure, "m", status)).toMatchObject({ code: `replica-${failure}`, retryable: passes });
});

test.each([
  [new DOMException("late", "TimeoutError"), "unreachable", "no answer within 10 s"],
  [new DOMException("ended", "AbortError"), "unreachable", "the request was cut off"],
  [Object.assign(new Error("m"), { code: "ECONNREFUSED" }), "unreachable", "ECONNREFUSED"],
  [
    Object.assign(new Error("m"), { code: "CERT_HAS_EXPIRED" }),
    "untrusted",
    "its TLS certificate is not accepted (CERT_HAS_EXPIRED)",
  ],
  [new Error("something else"), "unreachable", "something else"],
])("%s is told", (error, failure, message) => {
  expect(connectionError(error, 10_000)).toMatchObject({ failure, message });
});

test.each(["EMFILE", "ENFILE"])("H10: %s is this machine's failure, and no server's", (code) => {
  expect(connectionError(Object.assign(new Error("m"), { code }), 1)).toMatchObject({ code: "local-limit" });
});
