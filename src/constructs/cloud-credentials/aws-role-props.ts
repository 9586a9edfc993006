import type { Duration } from "../../core/duration";

/** What the credentials of every AWS role may do. */
export interface AwsPermissions {
  /**
   * Name of the role.
   *
   * @changes replaces the role: leases of the former name are revoked when they expire
   */
  readonly name: string;
  /**
   * ARNs of IAM policies. Credentials of STS get at most what these policies allow; an IAM user gets these policies.
   *
   * @default - none
   * @changes in place: credentials that exist keep their rights
   */
  readonly policyArns?: readonly string[];
  /**
   * An IAM policy as JSON, in addition to `policyArns`.
   *
   * @default - none
   * @changes in place: credentials that exist keep their rights
   */
  readonly policyDocument?: string;
  /**
   * IAM groups. Credentials of STS get at most what the policies of the groups allow; an IAM user becomes a member.
   *
   * @default - none
   * @changes in place: credentials that exist keep their rights
   */
  readonly iamGroups?: readonly string[];
}

/** Lifetimes of credentials of STS, which nobody can revoke. */
export interface AwsSessionTtls {
  /**
   * How long credentials are valid, unless a request says otherwise: at least 15 minutes.
   *
   * @default - 1 hour, or maxTtl if it is shorter
   * @changes in place: for new credentials
   */
  readonly defaultTtl?: Duration;
  /**
   * The longest lifetime that a request may ask for: up to 12 hours for an assumed role, which the role in AWS limits too, and up to 36
   * hours for a federation token.
   *
   * @default - 1 hour, or defaultTtl if it is longer
   * @changes in place: for new credentials
   */
  readonly maxTtl?: Duration;
}

/** Credentials of an IAM role that the root key may assume. */
export interface AwsAssumedRoleProps extends AwsPermissions, AwsSessionTtls {
  /**
   * ARNs of IAM roles. A request chooses one if there are several.
   *
   * @changes replaces the role: credentials that exist stay valid until they expire
   */
  readonly roleArns: readonly string[];
}

/** Credentials of the root key with fewer rights. They need `policyArns`, `policyDocument` or `iamGroups`. */
export interface AwsFederationTokenProps extends AwsPermissions, AwsSessionTtls {}

/** A new IAM user for each request, deleted with its lease. It needs `policyArns`, `policyDocument` or `iamGroups`. */
export interface AwsIamUserProps extends AwsPermissions {
  /**
   * ARN of the policy that limits the rights of the users.
   *
   * @default - none
   * @changes in place: users that exist keep their limits
   */
  readonly permissionsBoundaryArn?: string;
}
