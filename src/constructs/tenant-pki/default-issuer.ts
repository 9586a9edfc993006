import type { ITerraformDependable, Precondition } from "cdktf";
import type { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { GenericEndpoint, PkiSecretBackendConfigIssuers } from "../../terraform/providers/vault";
import type { AuthorityProps } from "./authority-props";

/**
 * Makes an issuer the default one of a mount. Its address is that of the mount's scope, so another authority changes it in place.
 *
 * @param issuer ID of the issuer, as an expression of Terraform.
 * @param precondition When the plan fails. @default - never
 */
export function setDefaultIssuer(
  scope: Construct,
  { mount, provider }: Pick<AuthorityProps, "mount" | "provider">,
  issuer: string,
  precondition?: Precondition[],
): PkiSecretBackendConfigIssuers {
  return new PkiSecretBackendConfigIssuers(scope, "Issuers", {
    backend: mount.path,
    default: issuer,
    // Otherwise a plan would not show that somebody lets each new issuer become the default.
    defaultFollowsLatestIssuer: false,
    lifecycle: precondition && { precondition },
    provider,
  });
}

/**
 * Lets no certificate outlive the default issuer of a mount. New issuers have this limit. Otherwise a plan would not show that somebody
 * has lifted it. The provider's own resource would delete the issuer.
 *
 * @param issuers What makes it the default issuer. Its certificate must allow all that issuers do, because a request sets that, too.
 * @param name Its name. A request without it would remove it. @default - it has none
 */
export function limitDefaultIssuer(
  scope: Construct,
  { mount, provider }: Pick<AuthorityProps, "mount" | "provider">,
  issuers: ITerraformDependable,
  name?: string,
): void {
  new GenericEndpoint(scope, "IssuerLimits", {
    path: `${mount.path}/issuer/default`,
    dataJson: jsonencode({ ...(name === undefined ? {} : { issuer_name: name }), leaf_not_after_behavior: "err" }),
    ignoreAbsentFields: true,
    disableDelete: true,
    dependsOn: [issuers],
    provider,
  });
}
