import type { Construct } from "constructs";
import { INSTANCE_PATH, namespacePath } from "../../contract/namespaces";
import { ValidationError } from "../../core/errors";

/** What a quota limits. Without any of these it limits the whole instance. */
export interface QuotaTarget {
  /**
   * Path of the mount of a secrets engine.
   *
   * @default - none
   * @changes replaces the quota: counting starts again
   */
  readonly mount?: string;
  /**
   * Path of a login method, without `auth/`.
   *
   * @default - none
   * @changes replaces the quota: counting starts again
   */
  readonly login?: string;
  /**
   * Role of that login method, whose logins alone are limited.
   *
   * @default - all requests to the login method
   * @changes in place: counting starts again
   */
  readonly role?: string;
  /**
   * Instance, `<tenant>/<instance>`, that is a namespace of this one. The quota is for it, or for a mount of it. The namespace must exist.
   *
   * @default - this instance
   * @changes replaces the quota: counting starts again
   */
  readonly namespace?: string;
}

/** A quota, as far as its target is concerned. */
export interface CheckedQuota extends QuotaTarget {
  readonly name: string;
}

/** The path of a quota, as a server stores it. */
export function quotaPath({ mount, login, namespace }: QuotaTarget): string {
  const below = login === undefined ? mount : `auth/${login}`;
  const parts = [namespace && namespacePath(namespace), below].filter((part) => part !== undefined);
  return parts.map((part) => `${part}/`).join("");
}

/** Names are one segment of a path. */
const QUOTA_NAME = /^\w([\w.-]*\w)?$/;

/** @throws ValidationError if a quota has no valid name, or no single target. */
export function checkQuota(quota: CheckedQuota, scope?: Construct): void {
  const { name, mount, login, role, namespace } = quota;
  if (!QUOTA_NAME.test(name))
    throw quotaError(
      `${JSON.stringify(name)} is not a valid name of a quota; use letters, digits, _, - and ., with a letter, a digit or _ at both ends.`,
      scope,
    );
  if (mount !== undefined && login !== undefined)
    throw quotaError(`The quota ${name} names both a mount and a login; make two quotas.`, scope);
  if (role !== undefined && login === undefined)
    throw quotaError(`The quota ${name} names a role without a login; add the login of the role.`, scope);
  if (namespace !== undefined && !INSTANCE_PATH.test(namespace))
    throw quotaError(
      `The quota ${name} is for ${JSON.stringify(namespace)}, which is not an instance; write <tenant>/<instance>.`,
      scope,
    );
}

/** The error about a quota. */
export function quotaError(message: string, scope?: Construct): ValidationError {
  return new ValidationError("quota", message, scope);
}
