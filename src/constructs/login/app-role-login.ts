import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { AuthBackend } from "../../terraform/providers/vault";

/** A login method for programs, by role ID and secret ID. */
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
   * Description of the mount.
   *
   * @default - no description
   */
  readonly description?: string;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   */
  readonly provider?: TerraformProvider;
}

/** Enables the AppRole login method; https://developer.hashicorp.com/vault/docs/auth/approle */
export class AppRoleLogin extends Construct implements IAppRoleLogin {
  readonly path: string;

  constructor(scope: Construct, id: string, props: AppRoleLoginProps = {}) {
    super(scope, id);
    requireProviderRanges(this);
    const backend = new AuthBackend(this, "Resource", {
      type: "approle",
      path: props.path ?? "approle",
      description: props.description,
      provider: props.provider,
    });
    this.path = backend.path;
  }
}
