import type { Construct } from "constructs";
import { checkDurations } from "../../core/duration";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { AzureSecretBackend, AzureSecretBackendRole } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import { ValidationError } from "../../core/errors";
import {
  CloudCredentials,
  cloudTtls,
  maxLease,
  type CloudCredentialsProps,
  type CloudEngine,
  type CloudRootRotation,
  type CloudTtls,
} from "./cloud-credentials";

/** The engine of Azure. */
export const AZURE: CloudEngine = {
  type: "secret",
  name: "azure",
  title: "Azure",
  program: "openbao-plugin-secrets-azure",
  credentials: (role) => `creds/${role}`,
};

/** A role of Azure, and where it applies. */
export interface AzureRoleAssignment {
  /**
   * Name of the role in Azure, such as `Contributor`.
   *
   * @changes in place: credentials that exist keep their rights
   */
  readonly roleName: string;
  /**
   * Where the role applies, such as `/subscriptions/<id>/resourceGroups/web`.
   *
   * @changes in place: credentials that exist keep their rights
   */
  readonly scope: string;
}

/** A service principal for each request, deleted with its lease. */
export interface AzureRoleProps extends CloudTtls {
  /**
   * Name of the role.
   *
   * @changes replaces the role: leases of the former name are revoked when they expire
   */
  readonly name: string;
  /**
   * Roles that the service principals get.
   *
   * @changes in place: credentials that exist keep their rights
   */
  readonly azureRoles: readonly AzureRoleAssignment[];
}

/** The application that creates service principals. */
export interface AzureRootProps extends CloudRootRotation {
  /**
   * ID of the subscription.
   *
   * @changes replaces the mount: all leases are revoked
   */
  readonly subscriptionId: string;
  /**
   * ID of the tenant in Entra ID.
   *
   * @changes in place: leases that exist are revoked in the new tenant, which does not have them
   */
  readonly tenantId: string;
  /**
   * ID of the application that creates service principals.
   *
   * @changes in place: raise the revision of its secret, too
   */
  readonly clientId: string;
  /**
   * Where the central Vault holds the secret of that application.
   *
   * @changes in place: raise its revision after the secret has changed
   */
  readonly clientSecret: SecretRef;
}

/** Properties of {@link AzureCredentials}. */
export interface AzureCredentialsProps extends CloudCredentialsProps, AzureRootProps {
  /**
   * Roles for which credentials are created.
   *
   * @changes in place: leases of a removed role are revoked when they expire
   */
  readonly roles: readonly AzureRoleProps[];
}

/** Credentials of Azure: service principals. */
export class AzureCredentials extends CloudCredentials {
  constructor(scope: Construct, id: string, props: AzureCredentialsProps) {
    super(scope, id, AZURE, props);
    const { subscriptionId, tenantId, clientId, clientSecret, provider } = props;
    checkSecretRefs({ clientSecret }, this);
    for (const role of props.roles) checkDurations(role, ["defaultTtl", "maxTtl"], this);
    const roles = props.roles.map((role) => ({ ...role, ...checkAzureRole(role) }));
    const engine = new AzureSecretBackend(this, "Engine", {
      path: this.mount,
      subscriptionId,
      tenantId,
      clientId,
      maxLeaseTtlSeconds: maxLease(roles),
      provider,
    });
    engine.addOverride("client_secret_wo", this.secret(clientSecret));
    engine.addOverride("client_secret_wo_version", revisionOf({ clientSecret }));
    for (const role of roles) {
      new AzureSecretBackendRole(this, `Role-${role.name}`, {
        backend: engine.path,
        role: role.name,
        azureRoles: role.azureRoles.map(({ roleName, scope: at }) => ({ roleName, scope: at })),
        ttl: String(role.defaultTtl.toSeconds()),
        maxTtl: String(role.maxTtl.toSeconds()),
        provider,
      });
    }
    const written = ["id", "client_secret_wo_version"].map((attribute) => `${expressionOf(engine)}.${attribute}`);
    if (props.rotateRoot === true) this.replaceRoot(`${engine.path}/rotate-root`, written);
  }
}

/** The lifetimes of a role. @throws ValidationError if they are wrong, or the credentials could do nothing. */
export function checkAzureRole(role: AzureRoleProps): ReturnType<typeof cloudTtls> {
  if (role.azureRoles.length === 0)
    throw new ValidationError(
      "azure-role",
      `The Azure role ${role.name} gives no rights; add at least one entry to azureRoles.`,
    );
  return cloudTtls(`The Azure role ${role.name}`, role);
}
