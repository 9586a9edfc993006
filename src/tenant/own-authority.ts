import type { Report } from "./references";
import type { RoleLoginSpec } from "./sections/role-login";

/** An instance, as far as programs with certificates that administer it are concerned. */
interface CheckedInstance {
  readonly logins?: { readonly certificate?: { readonly caCertificate?: string } };
  readonly pki?: unknown;
  readonly roles?: readonly { readonly login?: RoleLoginSpec; readonly duty?: unknown }[];
}

/** The instance's own PKI issues certificates to those who administer less, who could name themselves as an admin. */
export function checkOwnAuthority({ logins, pki, roles = [] }: CheckedInstance, report: Report): void {
  if (pki === undefined || logins?.certificate === undefined || logins.certificate.caCertificate !== undefined) return;
  roles.forEach(({ login, duty }, index) => {
    if (duty === undefined || login?.certificate === undefined) return;
    report(
      ["roles", index, "login", "certificate"],
      "reaches a role with a duty by a certificate of the instance's own PKI, so everybody who may issue one with this name would be an admin; add caCertificate of another authority to logins.certificate, or use another login",
    );
  });
}
