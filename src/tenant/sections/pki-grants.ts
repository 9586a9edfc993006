import type { TenantPKI } from "../../constructs/tenant-pki/tenant-pki";
import type { IGrantee } from "../../policy/grantee";
import { list, name } from "../builders";
import type { GrantSchemas } from "./engine";

/** The fields of a role. */
export interface PkiGrants {
  /**
   * Names of PKI roles from which certificates are issued.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly certificates?: readonly string[];
  /**
   * Roles of the PKI with which the role may have its own requests signed. The instance generates no key for it.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly signCertificates?: readonly string[];
  /**
   * Roles of the PKI with which the role may request certificates whose keys the instance generates. It has no requests signed.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly generateCertificates?: readonly string[];
}

const roles = list(name("web"), '"web"').optional();

/** Their schemas. */
export const pkiGrants: GrantSchemas<PkiGrants> = {
  certificates: roles,
  signCertificates: roles,
  generateCertificates: roles,
};

/** Grants a role what its fields list. */
export function grantPki(
  authority: TenantPKI,
  grantee: IGrantee,
  { certificates = [], signCertificates = [], generateCertificates = [] }: PkiGrants,
): void {
  for (const each of certificates) authority.role(each).grantIssue(grantee);
  for (const each of signCertificates) authority.role(each).grantSign(grantee);
  for (const each of generateCertificates) authority.role(each).grantGenerate(grantee);
}
