import { checkDurations, Duration, lifetimes } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { ValueType } from "../../core/value-type";
import type { AwsSecretBackendRoleConfig } from "../../terraform/providers/vault";
import { longerThanMaxTtl } from "../access/roles";
import type {
  AwsAssumedRoleProps,
  AwsFederationTokenProps,
  AwsIamUserProps,
  AwsPermissions,
  AwsSessionTtls,
} from "./aws-role-props";

/** Shorter credentials are refused by STS; https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SHORTEST = Duration.minutes(15);

/** A role of the AWS engine; https://developer.hashicorp.com/vault/docs/secrets/aws */
export class AwsRole {
  /** Credentials of an IAM role, from STS. */
  static assumedRole(props: AwsAssumedRoleProps): AwsRole {
    const { name, roleArns } = props;
    if (roleArns.length === 0)
      throw new ValidationError("aws-role", `The AWS role ${name} assumes no role; add at least one to roleArns.`);
    return new AwsRole(name, {
      credentialType: "assumed_role",
      roleArns: [...roleArns],
      ...permissions(props),
      ...sessionTtls(props, Duration.hours(12)),
    });
  }

  /** Credentials of the root key with fewer rights, from STS. */
  static federationToken(props: AwsFederationTokenProps): AwsRole {
    checkPermissions(props);
    return new AwsRole(props.name, {
      credentialType: "federation_token",
      ...permissions(props),
      ...sessionTtls(props, Duration.hours(36)),
    });
  }

  /** An IAM user for each request. */
  static iamUser(props: AwsIamUserProps): AwsRole {
    checkPermissions(props);
    return new AwsRole(props.name, {
      credentialType: "iam_user",
      ...permissions(props),
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
  }

  private constructor(
    readonly name: string,
    /** Arguments of `vault_aws_secret_backend_role`. */
    readonly config: Omit<AwsSecretBackendRoleConfig, "name" | "backend">,
  ) {}
}

function permissions({ policyArns, policyDocument, iamGroups }: AwsPermissions): Partial<AwsRole["config"]> {
  return { policyArns: policyArns && [...policyArns], policyDocument, iamGroups: iamGroups && [...iamGroups] };
}

/** @throws ValidationError if the credentials would have all rights of the root key, or none. */
function checkPermissions({ name, policyArns = [], policyDocument, iamGroups = [] }: AwsPermissions): void {
  if (policyArns.length + iamGroups.length > 0 || policyDocument !== undefined) return;
  throw new ValidationError(
    "aws-role",
    `The AWS role ${name} says not what its credentials may do; add policyArns, policyDocument or iamGroups.`,
  );
}

/** @throws ValidationError if STS would refuse a lifetime. */
function sessionTtls(props: AwsSessionTtls & { readonly name: string }, longest: Duration): Partial<AwsRole["config"]> {
  checkDurations(props, ["defaultTtl", "maxTtl"]);
  const { name } = props;
  const hour = Duration.hours(1);
  const { ttl: defaultTtl, maxTtl } = lifetimes(
    { ttl: props.defaultTtl, maxTtl: props.maxTtl },
    { ttl: hour, maxTtl: hour },
  );
  if (defaultTtl.isLongerThan(maxTtl))
    throw new ValidationError("cloud-ttl", longerThanMaxTtl("AWS", { name, defaultTtl, maxTtl }));
  if (SHORTEST.isLongerThan(defaultTtl) || maxTtl.isLongerThan(longest))
    throw new ValidationError(
      "cloud-ttl",
      `The AWS role ${name} has credentials of ${defaultTtl.toString()} to ${maxTtl.toString()}, but AWS issues ${SHORTEST.toString()} to ${longest.toString()}; choose defaultTtl and maxTtl within them.`,
    );
  return { defaultStsTtl: defaultTtl.toSeconds(), maxStsTtl: maxTtl.toSeconds() };
}

/** A role, for checks at run time. */
export const AWS_ROLE: ValueType = {
  name: "AwsRole",
  member: "config",
  example: 'AwsRole.assumedRole({ name: "deploy", roleArns: ["arn:aws:iam::123456789012:role/deploy"] })',
  required: true,
};
