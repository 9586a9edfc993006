import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { AuthBackend } from "../../terraform/providers/vault";

/** An auth mount at which programs log in with a role ID and a secret ID. */
export interface IAppRoleLogin {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
}

/** Properties of an {@link AppRoleLogin}. */
export interface AppRoleLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "approle"
   */
  readonly path?: string;
  /**
   * Description of the auth mount.
   *
   * @default - no description
   */
  readonly description?: string;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** Enables the AppRole login method; https://developer.hashicorp.com/vault/docs/auth/approle */
export class AppRoleLogin extends Construct implements IAppRoleLogin {
  readonly path: string;

  constructor(scope: Construct, id: string, props: AppRoleLoginProps = {}) {
    super(scope, id);
    const backend = new AuthBackend(this, "Resource", {
      type: "approle",
      path: props.path ?? "approle",
      description: props.description,
      provider: props.provider,
    });
    this.path = backend.path;
  }
}
