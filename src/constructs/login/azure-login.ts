import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { AuthBackend, AzureAuthBackendConfig, AzureAuthBackendRole } from "../../terraform/providers/vault";
import { checkIdentities, CloudLogin, type Cloud, type CloudLoginProps } from "./cloud-login";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of an {@link AzureLogin}. */
export interface AzureLoginProps extends CloudLoginProps {
  /**
   * ID of the tenant in Entra ID whose programs log in.
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly tenantId: string;
  /**
   * Application ID URI, in Entra ID, of an application that stands for the instance alone, such as "api://vault.customer10.example". A
   * program's token must name it as its audience, so a token for another service is refused.
   *
   * @changes in place: programs ask for tokens for the new one; tokens that exist stay valid until they expire
   */
  readonly resource: string;
}

/**
 * Programs with an identity in Entra ID, such as the managed identity of a virtual machine.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface AzureProgram {
  /** Object IDs of service principals. Unlike a name, nobody else can get one later. */
  readonly servicePrincipalIds: readonly string[];
}

/** Default path and type of the login. */
export const AZURE_LOGIN = { path: "azure", type: "azure" } as const;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What OpenBao needs for the login, and what identifies a program. */
export const AZURE_PROGRAMS: Cloud = {
  type: "auth",
  name: AZURE_LOGIN.type,
  title: "Azure",
  program: "openbao-plugin-auth-azure",
  identity: UUID,
  form: 'object IDs of service principals, such as "b4f2d3c1-6a7e-4a53-9d0b-2f1c7a5e8d90"',
};

/**
 * The login of programs by their tokens of Entra ID; https://developer.hashicorp.com/vault/docs/auth/azure. The servers verify tokens by
 * public keys and need no credentials of Azure.
 */
export class AzureLogin extends CloudLogin {
  readonly path: string;
  private readonly resource: string;

  constructor(scope: Construct, id: string, props: AzureLoginProps) {
    super(scope, id, AZURE_PROGRAMS, props);
    const { description, tenantId, resource, provider } = props;
    checkClaims(`login ${this.mount}`, { resource }, this);
    checkAzureTenant(tenantId, this);
    this.resource = resource;
    this.path = new AuthBackend(this, "Resource", {
      type: AZURE_LOGIN.type,
      path: this.mount,
      description,
      provider,
    }).path;
    new AzureAuthBackendConfig(this, "Config", { backend: this.path, tenantId, resource, provider });
  }

  /** Programs with one of some service principals. */
  program({ servicePrincipalIds }: AzureProgram): IRoleLogin {
    const boundServicePrincipalIds = checkIdentities(AZURE_PROGRAMS, servicePrincipalIds, this);
    return {
      id: this.mount,
      use: () => ({
        kind: "azure",
        path: this.mount,
        servicePrincipalIds: boundServicePrincipalIds,
        resource: this.resource,
      }),
      bind: (scope, { roleName, ...token }) => {
        new AzureAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          role: roleName,
          boundServicePrincipalIds,
        });
      },
    };
  }
}

/** @throws ValidationError if it may stand for several tenants, as "common" does. */
export function checkAzureTenant(tenantId: string, scope?: Construct): void {
  if (UUID.test(tenantId)) return;
  throw new ValidationError(
    "login-claim",
    `The login of Azure has the tenantId ${JSON.stringify(tenantId)}, which is not the ID of one tenant; write the one that Entra ID shows, in lower case.`,
    scope,
  );
}
