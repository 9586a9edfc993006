import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkMountPath } from "../../core/mount-path";
import { Duration, longer, shorter } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { Product } from "../../core/product";
import type { SecretRef } from "../../core/secret-ref";
import type { IGrantee } from "../../policy/grantee";
import { CentralSecret } from "../../terraform/central-secret";
import { checkProviders } from "../../terraform/provider-value";
import { rotateRoot } from "../../terraform/root-rotation";
import { checkRoleName, checkUniqueRoles, unknownRole } from "../access/roles";
import { ownLimit } from "../login/app-role-login";
import { requireEngine, type ExternalPlugin, type MissingEngine } from "../server-config/external-plugin";

/** Credentials of a cloud, created on request. */
export interface ICloudCredentials {
  /** Path of the mount. */
  readonly mount: string;
  /** Allows the grantee to request credentials of a role. @throws ValidationError if the role does not exist. */
  grantCredentials(grantee: IGrantee, role: string): void;
}

/** Properties of the credentials of every cloud. */
export interface CloudCredentialsProps {
  /**
   * Path of the mount.
   *
   * @default - `aws`, `azure`, `gcp` or `terraform`
   * @changes replaces the roles and moves the mount: all leases are revoked, and clients must use the new path
   */
  readonly mount?: string;
  /**
   * Which server the instance runs. OpenBao has these engines as external plugins only.
   *
   * @changes refused: the instance keeps its product
   */
  readonly product: Product;
  /**
   * External plugins of the servers, of which OpenBao needs one with the engine.
   *
   * @default - none
   * @changes in place: nothing here; see the plugins of the servers
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * The provider of the central Vault, which holds the root credential.
   *
   * @changes in place: it is read by Terraform only
   */
  readonly centralProvider: TerraformProvider;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the mount in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

/** What becomes of the root credential. */
export interface CloudRootRotation {
  /**
   * Whether the instance replaces the root credential by one that nobody knows, once after the first deployment. It does so again after
   * each change of the root credential. Nothing else may use the same one. The password that Azure makes expires after 182 days: rotate
   * it by hand before.
   *
   * @default false
   * @changes in place: true replaces the root credential; false keeps the one that nobody knows, until another one is written
   */
  readonly rotateRoot?: boolean;
}

/** Props that say which instance has the mount. */
export type CloudPropOfInstance = "product" | "plugins" | "centralProvider" | "provider";

/** The engine of a cloud. */
export interface CloudEngine extends MissingEngine {
  /** Type of the engine, and the path of its mount by default. */
  readonly name: "aws" | "azure" | "gcp" | "terraform";
  /** Path below the mount of the credentials of a role. */
  readonly credentials: (role: string) => string;
}

/** A mount of a cloud's engine, and roles whose credentials can be granted. */
export abstract class CloudCredentials extends Construct implements ICloudCredentials {
  readonly mount: string;

  protected constructor(
    scope: Construct,
    id: string,
    private readonly engine: CloudEngine,
    private readonly cloud: CloudCredentialsProps & { readonly roles: readonly { readonly name: string }[] },
  ) {
    super(scope, id);
    checkProviders(cloud, this);
    requireEngine(cloud, engine, this);
    this.mount = checkMountPath(cloudMount(engine, cloud), this);
    for (const { name } of cloud.roles) checkRoleName(engine.title, name, this);
    checkUniqueRoles(cloud.roles, this);
  }

  grantCredentials(grantee: IGrantee, role: string): void {
    const { title, credentials } = this.engine;
    const { roles } = this.cloud;
    if (!roles.some(({ name }) => name === role)) {
      const names = roles.map(({ name }) => name);
      throw unknownRole(title, role, names, this);
    }
    const path = `${this.mount}/${credentials(role)}`;
    const reason = `credentials of the ${title} role ${role}`;
    grantee.grant({ path, capabilities: ["read"], reason, use: { kind: "credentials", title: reason } });
  }

  /**
   * Replaces the root credential once Terraform has written it.
   *
   * @param path Of the engine's endpoint, as an expression that needs the mount.
   * @param written Addresses of what changes whenever Terraform writes a root credential.
   */
  protected replaceRoot(path: string, written: readonly string[]): void {
    rotateRoot(this, { path, written, provider: this.cloud.provider });
  }

  /** The root credential as an expression, for a write-only argument. */
  protected secret(ref: SecretRef): string {
    return new CentralSecret(this, "Secret", this.cloud.centralProvider, ref).field(ref.field);
  }
}

/** Path of the mount of a cloud's engine. */
export function cloudMount({ name }: Pick<CloudEngine, "name">, { mount = name }: { readonly mount?: string }): string {
  return mount;
}

/** Lifetimes of the credentials of a role. */
export interface CloudTtls {
  /**
   * How long credentials are valid, unless their lease is renewed.
   *
   * @default - 1 hour, or {@link maxTtl} if that is shorter
   * @changes in place: credentials that exist keep their time until they are renewed
   */
  readonly defaultTtl?: Duration;
  /**
   * How long a lease can be renewed. The mount allows more than the server's own limit of 32 days if a role does.
   *
   * @default - 24 hours
   * @changes in place: credentials that exist keep their time until they are renewed
   */
  readonly maxTtl?: Duration;
}

/** Limit of the leases of a mount, seconds; undefined if the server's own is enough. */
export function maxLease(roles: readonly Required<CloudTtls>[]): number | undefined {
  const [first, ...others] = roles.map(({ maxTtl }) => maxTtl);
  return first && ownLimit(others.reduce(longer, first))?.toSeconds();
}

/**
 * Lifetimes with defaults.
 *
 * @param subject What has them, such as `The Azure role deploy`.
 * @throws ValidationError if the default TTL exceeds the maximum.
 */
export function cloudTtls(
  subject: string,
  { maxTtl = Duration.hours(24), defaultTtl = shorter(Duration.hours(1), maxTtl) }: CloudTtls,
): { readonly defaultTtl: Duration; readonly maxTtl: Duration } {
  if (!defaultTtl.isLongerThan(maxTtl)) return { defaultTtl, maxTtl };
  throw new ValidationError(
    "cloud-ttl",
    `${subject} has a defaultTtl of ${defaultTtl.toString()}, longer than its maxTtl of ${maxTtl.toString()}; shorten it.`,
  );
}
