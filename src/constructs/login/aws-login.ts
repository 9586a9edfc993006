import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { isEncrypted } from "../../core/secure-address";
import { AuthBackend, AwsAuthBackendClient, AwsAuthBackendRole } from "../../terraform/providers/vault";
import { checkIdentities, CloudLogin, type Cloud, type CloudLoginProps } from "./cloud-login";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of an {@link AwsLogin}. */
export interface AwsLoginProps extends CloudLoginProps {
  /**
   * Name of the instance in requests of programs, such as its host name: the header `X-Vault-AWS-IAM-Server-ID`. A request that a
   * program has signed for another server is refused.
   *
   * @changes in place: programs log in with the new one; tokens that exist stay valid until they expire
   */
  readonly serverId: string;
  /**
   * AWS region, such as "eu-central-1", whose STS confirms who a program is. Programs sign their requests for it.
   *
   * @default - STS for all regions
   * @changes in place: programs sign for the new region; tokens that exist stay valid until they expire
   */
  readonly region?: string;
  /**
   * URL of STS, by https. It needs {@link region}.
   *
   * @default - that of AWS
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly stsEndpoint?: string;
}

/**
 * Programs with IAM credentials of AWS.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface AwsProgram {
  /**
   * ARNs of IAM roles and users, without their paths, such as "arn:aws:iam::123456789012:role/web". Who can assume such a role, or
   * create one of its name in the account, logs in.
   */
  readonly principals: readonly string[];
}

/** Default path and type of the login. */
export const AWS_LOGIN = { path: "aws", type: "aws" } as const;

/** What OpenBao needs for the login, and what identifies a program. */
export const AWS_PROGRAMS: Cloud = {
  type: "auth",
  name: AWS_LOGIN.type,
  title: "AWS",
  program: "openbao-plugin-auth-aws",
  // STS tells no path of a role, so the server compares ARNs without paths.
  identity: /^arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)\/[\w+=.@-]{1,64}$/,
  form: 'ARNs of IAM roles or users without their paths, such as "arn:aws:iam::123456789012:role/web"',
};

/** URL of the STS that the servers ask by default. */
export const DEFAULT_STS = "https://sts.amazonaws.com";

/**
 * The login of programs by their IAM credentials of AWS; https://developer.hashicorp.com/vault/docs/auth/aws. A program signs a request
 * to STS, and the servers send it there. They need no credentials of AWS, and never see those of the program.
 */
export class AwsLogin extends CloudLogin {
  readonly path: string;
  private readonly props: AwsLoginProps;

  constructor(scope: Construct, id: string, props: AwsLoginProps) {
    super(scope, id, AWS_PROGRAMS, props);
    this.props = props;
    const { description, serverId, region, provider } = props;
    checkClaims(`login ${this.mount}`, { serverId }, this);
    checkSts(props, this);
    this.path = new AuthBackend(this, "Resource", {
      type: AWS_LOGIN.type,
      path: this.mount,
      description,
      provider,
    }).path;
    new AwsAuthBackendClient(this, "Config", {
      backend: this.path,
      iamServerIdHeaderValue: serverId,
      stsRegion: region,
      stsEndpoint: region === undefined ? undefined : stsEndpoint(props),
      provider,
    });
  }

  /** Programs with IAM credentials of one of some roles and users. */
  program({ principals }: AwsProgram): IRoleLogin {
    const boundIamPrincipalArns = checkIdentities(AWS_PROGRAMS, principals, this);
    const { serverId, region } = this.props;
    return {
      id: this.mount,
      use: () => ({
        kind: "aws",
        path: this.mount,
        principals: boundIamPrincipalArns,
        serverId,
        ...(region === undefined ? {} : { region }),
      }),
      bind: (scope, { roleName, ...token }) => {
        new AwsAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          role: roleName,
          authType: "iam",
          boundIamPrincipalArns,
          // The servers would need credentials that read users and roles of the account.
          resolveAwsUniqueIds: false,
        });
      },
    };
  }
}

/** URL of the STS that the servers ask. */
export function stsEndpoint({ region, stsEndpoint: own }: Pick<AwsLoginProps, "region" | "stsEndpoint">): string {
  if (own !== undefined || region === undefined) return own ?? DEFAULT_STS;
  return `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** @throws ValidationError if another server could answer instead of STS, or programs would sign for another one. */
export function checkSts(props: Pick<AwsLoginProps, "region" | "stsEndpoint">, scope?: Construct): void {
  const fail = (problem: string): never => {
    throw new ValidationError("aws-sts", `The login of AWS has the ${problem}.`, scope);
  };
  const { region, stsEndpoint: own } = props;
  if (region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region))
    fail(`region ${JSON.stringify(region)}, which is not one of AWS; write one such as "eu-central-1"`);
  if (own === undefined) return;
  if (region === undefined)
    fail(`stsEndpoint ${JSON.stringify(own)} without a region; add the region of that endpoint`);
  if (!isEncrypted(own))
    fail(
      `stsEndpoint ${JSON.stringify(own)}, which is not reached by TLS, so anybody on the way could log in; write an https address`,
    );
}
