import type { Precondition } from "cdktf";
import type { Construct } from "constructs";
import { PkiSecretBackendConfigIssuers } from "../../terraform/providers/vault";
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
