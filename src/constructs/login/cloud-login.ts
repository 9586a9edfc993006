import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import type { Product } from "../../core/product";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { requireEngine, type ExternalPlugin, type MissingEngine } from "../server-config/external-plugin";

/** Properties of the login of every cloud. */
export interface CloudLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default - "aws", "azure" or "gcp"
   * @changes replaces the roles of the login: programs log in at the new path
   */
  readonly path?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place
   */
  readonly description?: string;
  /**
   * Which server the instance runs. OpenBao has these logins as external plugins only.
   *
   * @changes refused: the instance keeps its product
   */
  readonly product: Product;
  /**
   * External plugins of the servers, of which OpenBao needs one with the login.
   *
   * @default - none
   * @changes in place: nothing here; see the plugins of the servers
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** The login of a cloud. */
export interface Cloud extends MissingEngine {
  /** Type of the login, and the path of its mount by default. */
  readonly name: "aws" | "azure" | "gcp";
  /** What identifies one program in the cloud. */
  readonly identity: RegExp;
  /** What that is, with an example. */
  readonly form: string;
}

/** A login of programs that run in a cloud, which identifies them. */
export abstract class CloudLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  abstract readonly path: string;
  /** The same, before the mount exists. */
  protected readonly mount: string;

  protected constructor(scope: Construct, id: string, cloud: Cloud, props: CloudLoginProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    requireEngine(props, cloud, this);
    this.mount = checkLoginPath(props.path ?? cloud.name, this);
  }
}

/** @throws ValidationError if there is none, or one could stand for others, too. */
export function checkIdentities(
  { title, identity, form }: Cloud,
  identities: readonly string[],
  scope?: Construct,
): string[] {
  const wrong = identities.find((each) => !identity.test(each));
  if (wrong === undefined && identities.length > 0) return [...identities];
  throw new ValidationError(
    "login-claim",
    `The login of ${title} binds ${wrong === undefined ? "nothing" : `${JSON.stringify(wrong)}, which is not one program`}; write ${form}.`,
    scope,
  );
}
