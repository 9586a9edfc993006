import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { AppPlaceholderProps, PlaceholderProps } from "./placeholder-props";

/** Properties of a {@link KeyValue}. */
export interface KeyValueProps {
  /**
   * Path of the mount.
   *
   * @default "kv"
   * @changes refused: the secrets would be lost; add a second mount, copy the secrets, then remove the first
   */
  readonly mount?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place: secrets stay
   */
  readonly description?: string;
  /**
   * Number of versions that Vault keeps of each secret.
   *
   * @default 10
   * @changes in place: a lower number deletes the oldest versions of a secret for good at its next write
   */
  readonly maxVersions?: number;
  /**
   * Age at which Vault deletes a version.
   *
   * @default - never
   * @changes in place: it applies to versions that are written from then on
   */
  readonly deleteVersionAfter?: Duration;
  /**
   * Whether each write must name the version that it replaces, so that nobody overwrites what another person has just written.
   *
   * @default - as the mount has it; a new one does not require it
   * @changes in place: applies to the next write; set false to turn it off, because a mount keeps what is removed here
   */
  readonly casRequired?: boolean;
  /**
   * Organizations, whose apps have their secrets at `<organization>/<app>/<app>-<environment>`, with policies for them.
   *
   * @default - none
   * @changes in place: secrets stay; tokens with a removed policy lose its rights at once
   */
  readonly organizations?: readonly KeyValueOrganizationProps[];
  /**
   * Secrets that people fill in later. A {@link PlaceholderHook} writes them.
   *
   * @default - none
   * @changes in place: the hook writes new ones; the secret of a removed one stays
   */
  readonly placeholders?: readonly PlaceholderProps[];
  /**
   * Whether Terraform refuses to destroy the mount and its secrets.
   *
   * @default true
   * @changes in place: deploy with false once, then the mount can be removed with all secrets
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the mount in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

/** Properties of an organization. Its policy `<organization>-admin` allows reading and writing of the secrets of all its apps. */
export interface KeyValueOrganizationProps {
  /**
   * Name of the organization and of its folder.
   *
   * @changes in place: the policies allow the new folder; secrets stay in the former one until somebody copies them
   */
  readonly name: string;
  /**
   * Apps of the organization.
   *
   * @changes in place: secrets of a removed app stay; tokens with its policies lose their rights at once
   */
  readonly apps: readonly KeyValueAppProps[];
}

/** Properties of an app. Its policy `<app>-user` allows reading of its secrets, and `<app>-admin` also writing. */
export interface KeyValueAppProps {
  /**
   * Name of the app and of its folder.
   *
   * @changes in place: as a removed app and a new one; secrets stay in the former folder until somebody copies them
   */
  readonly name: string;
  /**
   * Environments of the app.
   *
   * @default - "local", "dev", "qa", "stg" and "prod"
   * @changes in place: secrets of a removed environment stay; tokens lose the right to it at once
   */
  readonly environments?: readonly string[];
  /**
   * Environments whose secrets only the environment's own policies allow: `<app>-<environment>-user` and
   * `<app>-<environment>-admin`. The policies of the app and of the organization leave them out. An empty list protects none.
   *
   * @default - "prod", if the app has it
   * @changes in place: tokens that exist get or lose the rights at once
   */
  readonly protectedEnvironments?: readonly string[];
  /**
   * Whether the other environments also have policies of their own. Those of the app apply as before.
   *
   * @default false
   * @changes in place: tokens with a removed policy lose its rights at once
   */
  readonly environmentPolicies?: boolean;
  /**
   * Secrets that people fill in later, in the folder of each environment.
   *
   * @default - none
   * @changes in place: the hook writes new ones; the secret of a removed one stays
   */
  readonly placeholders?: readonly AppPlaceholderProps[];
}
