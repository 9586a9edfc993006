import type { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { PathPattern } from "../../policy/path-pattern";
import type { Duty } from "../../policy/people-policies";
import { checkPolicyPath } from "../../policy/policy-path";
import { CAPABILITIES, type Capability, type PolicyStatement } from "../../policy/statement";

/** Values per parameter; an empty list stands for every value, and the parameter `*` for every parameter. */
export type RawParameters = Readonly<Record<string, readonly (string | boolean)[]>>;

/** What a raw statement may allow. Only OpenBao has `scan`, and only Vault has `recover` and `subscribe`. */
export type RawCapability = Exclude<Capability, "sudo">;

/**
 * A statement of a policy in the words of the product, for what no grant offers. It is about a secrets engine: nothing of the server,
 * its logins or its identities.
 *
 * @changes in place: tokens that exist have the other rights at once
 */
export interface RawStatement {
  /** Path below the mount of a secrets engine, such as "pki/certs". `+` stands for any one name, and `*` at the end for any rest. */
  readonly path: string;
  /** What is allowed there. */
  readonly capabilities: readonly RawCapability[];
  /** Why a grant is not enough. It is a comment in the policy. */
  readonly reason: string;
  /**
   * Parameters that a request may have, with the values that each may have.
   *
   * @default - any
   */
  readonly allowedParameters?: RawParameters;
  /**
   * Parameters, or values of them, that a request must not have.
   *
   * @default - none
   */
  readonly deniedParameters?: RawParameters;
  /**
   * Parameters that a request must have.
   *
   * @default - none
   */
  readonly requiredParameters?: readonly string[];
  /**
   * Minimum lifetime of the wrapped response that a request must ask for.
   *
   * @default - none: a request need not ask for one
   */
  readonly minWrappingTtl?: Duration;
  /**
   * Maximum lifetime of the wrapped response that a request must ask for.
   *
   * @default - none: a request need not ask for one
   */
  readonly maxWrappingTtl?: Duration;
  /**
   * Time after which OpenBao ignores the statement, such as "2027-01-31T00:00:00Z".
   *
   * @default - never
   */
  readonly expiration?: string;
}

/** Capabilities of raw statements. What needs `sudo` administers the server. */
export const RAW_CAPABILITIES = CAPABILITIES.filter((each) => each !== "sudo") as readonly RawCapability[];

/** Mounts of the server itself, by which a token could get any right. */
const SYSTEM = ["sys", "auth", "identity", "cubbyhole"];

/** What may be read there: it tells numbers, or who the client itself is. */
const SYSTEM_READS = ["sys/metrics", "identity/oidc/token/+"].map((path) => new PathPattern(path));

/** Whether a path of the server itself may be read by a raw statement. */
export function isSystemRead(path: string): boolean {
  return !path.includes("*") && SYSTEM_READS.some((pattern) => pattern.matches(path));
}

/** @throws ValidationError if the statement reaches the server itself, or does not say what it is for. */
export function checkRawStatement(statement: RawStatement, scope?: Construct): RawStatement {
  const { path, capabilities, reason } = statement;
  const fail = (problem: string): never => {
    throw new ValidationError("raw-statement", `The raw statement for "${path}" ${problem}.`, scope);
  };
  checkPolicyPath(path, scope);
  const [first = ""] = path.split("/");
  if (!/\S/.test(reason)) fail("has no reason, which readers of the policy need; say why no grant is enough");
  if (!path.includes("/") || /[+*{}]/.test(first))
    fail("could be about any mount; begin it with the path of one secrets engine and a slash");
  const wrong = capabilities.find((each) => !RAW_CAPABILITIES.includes(each));
  if (wrong !== undefined || capabilities.length === 0)
    fail(
      `has ${wrong === undefined ? "no capability" : `the capability "${wrong}"`}; write some of ${RAW_CAPABILITIES.join(", ")}`,
    );
  const onlyReads = capabilities.every((each) => each === "read" || each === "deny");
  if (SYSTEM.includes(first) && !(onlyReads && isSystemRead(path)))
    fail("is about the server itself, by which a client could give itself any right; use a duty, or remove it");
  return statement;
}

/** The statement in a policy, where its reason tells that it is a raw one. */
export function policyStatement(statement: RawStatement): PolicyStatement {
  return { ...statement, reason: `raw statement: ${statement.reason}` };
}

/** @throws ValidationError if a role with a duty has raw statements: nobody could say what an admin may do. */
export function checkRawOfDuty(
  {
    name,
    duty,
    rawStatements = [],
  }: {
    readonly name: string;
    readonly duty?: Duty | undefined;
    readonly rawStatements?: readonly unknown[] | undefined;
  },
  scope?: Construct,
): void {
  if (duty === undefined || rawStatements.length === 0) return;
  throw new ValidationError(
    "raw-statement",
    `The role ${name} has the duty "${duty}", whose rights are fixed; move its raw statements to another role.`,
    scope,
  );
}
