import type { Construct } from "constructs";
import { checkDurations } from "../../core/duration";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { TerraformCloudSecretBackend, TerraformCloudSecretRole } from "../../terraform/providers/vault";
import {
  CloudCredentials,
  cloudTtls,
  maxLease,
  type CloudCredentialsProps,
  type CloudEngine,
  type CloudTtls,
} from "./cloud-credentials";

/** The engine of Terraform Cloud. */
export const TERRAFORM_CLOUD: CloudEngine = {
  type: "secret",
  name: "terraform",
  title: "Terraform Cloud",
  program: "vault-plugin-secrets-terraform",
  credentials: (role) => `creds/${role}`,
};

/** A token for each request, revoked with its lease. */
export interface TerraformCloudRoleProps extends CloudTtls {
  /**
   * Name of the role.
   *
   * @changes replaces the role: leases of the former name are revoked when they expire
   */
  readonly name: string;
  /**
   * ID of the user to whom the tokens belong, such as `user-V3R563qtJNcExAkN`.
   *
   * @changes in place: tokens that exist stay those of the former user
   */
  readonly userId: string;
}

/** The account that creates tokens. */
export interface TerraformCloudRootProps {
  /**
   * Where the central Vault holds the token that creates tokens.
   *
   * @changes in place: raise its revision after the token has changed
   */
  readonly token: SecretRef;
  /**
   * URL of Terraform Enterprise.
   *
   * @default "https://app.terraform.io"
   * @changes in place: tokens of the former address stay there until they expire
   */
  readonly address?: string;
}

/** Properties of {@link TerraformCloudCredentials}. */
export interface TerraformCloudCredentialsProps extends CloudCredentialsProps, TerraformCloudRootProps {
  /**
   * Roles for which tokens are created.
   *
   * @changes in place: leases of a removed role are revoked when they expire
   */
  readonly roles: readonly TerraformCloudRoleProps[];
}

/** Credentials of Terraform Cloud: tokens of users. */
export class TerraformCloudCredentials extends CloudCredentials {
  constructor(scope: Construct, id: string, props: TerraformCloudCredentialsProps) {
    super(scope, id, TERRAFORM_CLOUD, props);
    const { token, address, provider } = props;
    checkSecretRefs({ token }, this);
    for (const role of props.roles) checkDurations(role, ["defaultTtl", "maxTtl"], this);
    const roles = props.roles.map((role) => ({ ...role, ...cloudTtls(`The Terraform Cloud role ${role.name}`, role) }));
    const engine = new TerraformCloudSecretBackend(this, "Engine", {
      backend: this.mount,
      address,
      tokenWo: this.secret(token),
      tokenWoVersion: revisionOf({ token }),
      maxLeaseTtlSeconds: maxLease(roles),
      provider,
    });
    for (const role of roles) {
      new TerraformCloudSecretRole(this, `Role-${role.name}`, {
        backend: engine.backend,
        name: role.name,
        userId: role.userId,
        ttl: role.defaultTtl.toSeconds(),
        maxTtl: role.maxTtl.toSeconds(),
        provider,
      });
    }
  }
}
