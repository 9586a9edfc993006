import { Construct } from "constructs";
import { checkDurations, Duration, lifetimes } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { checkSecretRefs, revisionOf } from "../../core/secret-ref";
import { CentralSecret } from "../../terraform/central-secret";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { LdapAuthBackend } from "../../terraform/providers/vault";
import { requireEngine, type MissingEngine } from "../server-config/external-plugin";
import { ownLimit } from "./app-role-login";
import { ExternalGroups } from "./external-groups";
import type { LdapLoginProps } from "./ldap-login-props";
import type { IRoleLogin } from "./role-login";

/** Default path and type of the login. */
export const LDAP_LOGIN = { path: "ldap", type: "ldap" } as const;

/** What OpenBao needs for the login. */
export const LDAP: MissingEngine = {
  type: "auth",
  name: LDAP_LOGIN.type,
  title: "LDAP",
  program: "openbao-plugin-auth-ldap",
};

/**
 * The login of people by their passwords in a directory; https://developer.hashicorp.com/vault/docs/auth/ldap. At each login and each
 * renewal, the server asks the directory for the groups of a person.
 */
export class LdapLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly groups: ExternalGroups;

  constructor(scope: Construct, id: string, props: LdapLoginProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    requireEngine(props, LDAP, this);
    const { bindPassword, centralProvider, provider, userAttr = "uid" } = props;
    checkDurations(props, ["tokenTtl", "tokenMaxTtl"], this);
    const tokens = directoryTokens(props, this);
    checkSecretRefs({ bindPassword }, this);
    checkDirectory(props, this);
    const mount = checkLoginPath(props.path ?? LDAP_LOGIN.path, this);
    const secret = new CentralSecret(this, "BindPassword", centralProvider, bindPassword);
    const backend = new LdapAuthBackend(this, "Resource", {
      path: mount,
      description: props.description,
      url: props.urls.join(","),
      // It has an effect on ldap:// alone.
      starttls: true,
      insecureTls: false,
      tlsMinVersion: "tls12",
      certificate: props.caCertificate,
      binddn: props.bindDn,
      denyNullBind: true,
      userdn: props.userDn,
      userattr: userAttr,
      // As the server has them by default. A plan would not show that somebody changes what is not written.
      userfilter: USER_FILTER,
      discoverdn: false,
      anonymousGroupSearch: false,
      useTokenGroups: false,
      // A person may type the name in several ways. The directory has it in one.
      usernameAsAlias: false,
      caseSensitiveNames: false,
      groupdn: props.groupDn,
      groupattr: "cn",
      groupfilter: props.groupFilter ?? GROUP_FILTER,
      tokenTtl: tokens.ttl,
      tokenMaxTtl: tokens.maxTtl,
      provider,
    });
    // The provider requires each argument of this block in JSON, and the bindings leave out those without a value.
    backend.addOverride("tune", [
      {
        ...NO_TUNING,
        max_lease_ttl: ownLimit(Duration.seconds(tokens.maxTtl))?.toString() ?? null,
        listing_visibility: props.listingVisibility ?? "unauth",
      },
    ]);
    // The prebuilt bindings do not know the arguments.
    backend.addOverride("bindpass_wo", secret.field(bindPassword.field));
    backend.addOverride("bindpass_wo_version", revisionOf({ bindPassword }));
    this.path = backend.path;
    this.groups = new ExternalGroups(this, {
      mount,
      accessor: backend.accessor,
      use: (group) => ({ kind: "ldap", path: mount, group, tokens }),
      insteadForDuty: "reach it by another login than LDAP",
      provider,
    });
  }

  /**
   * People in a group: they get the policies of all their groups that roles name, and lose those of others at their next login or renewal.
   *
   * @param group Name of the group, as its `cn` in the directory.
   */
  group(group: string): IRoleLogin {
    return this.groups.group(group);
  }
}

/**
 * Lifetimes of tokens, seconds, with defaults.
 *
 * @throws ValidationError if tokens would be valid for longer than their maximum.
 */
export function directoryTokens(
  props: Pick<LdapLoginProps, "tokenTtl" | "tokenMaxTtl">,
  scope?: Construct,
): { readonly ttl: number; readonly maxTtl: number } {
  const { ttl: tokenTtl, maxTtl: tokenMaxTtl } = lifetimes(
    { ttl: props.tokenTtl, maxTtl: props.tokenMaxTtl },
    { ttl: Duration.hours(1), maxTtl: Duration.hours(4) },
  );
  if (!tokenTtl.isLongerThan(tokenMaxTtl)) return { ttl: tokenTtl.toSeconds(), maxTtl: tokenMaxTtl.toSeconds() };
  throw new ValidationError(
    "token-ttl",
    `The LDAP login has tokens of ${tokenTtl.toString()}, longer than their tokenMaxTtl of ${tokenMaxTtl.toString()}; reduce tokenTtl.`,
    scope,
  );
}

const NO_TUNING = {
  allowed_response_headers: null,
  audit_non_hmac_request_keys: null,
  audit_non_hmac_response_keys: null,
  default_lease_ttl: null,
  passthrough_request_headers: null,
  token_type: null,
};

/** A person logs in by the one attribute. */
const USER_FILTER = "({{.UserAttr}}={{.Username}})";

/** The server's own default also finds groups by the name alone, which people elsewhere in the directory may have, too. */
const GROUP_FILTER = "(|(member={{.UserDN}})(uniqueMember={{.UserDN}}))";

/** @throws ValidationError if passwords could be read on the way, or a search could find others. */
export function checkDirectory(
  props: Pick<LdapLoginProps, "urls" | "bindDn" | "userDn" | "userAttr" | "groupDn" | "groupFilter">,
  scope?: Construct,
): void {
  const { urls, bindDn, userDn, userAttr = "uid", groupDn, groupFilter = GROUP_FILTER } = props;
  if (urls.length === 0)
    throw new ValidationError("ldap-url", "The LDAP login has no urls; write the address of the directory.", scope);
  const wrong = urls.find(
    (url) => !/^ldaps?:\/\/[\w.-]+(:\d{1,5})?$/.test(url) && !/^ldaps?:\/\/\[[\da-f:]+\](:\d{1,5})?$/i.test(url),
  );
  if (wrong !== undefined)
    throw new ValidationError(
      "ldap-url",
      `The LDAP login has the address ${JSON.stringify(wrong)}; write ldaps, or ldap for StartTLS, and a host, such as "ldaps://ldap.example".`,
      scope,
    );
  const fail = (problem: string): never => {
    throw new ValidationError("ldap-search", `The LDAP login has ${problem}.`, scope);
  };
  for (const [field, dn] of Object.entries({ bindDn, userDn, groupDn }))
    if (!/^[A-Za-z][\w.-]*=[^=\s].*$/.test(dn))
      fail(`the ${field} ${JSON.stringify(dn)}, which is not a DN; write one such as "ou=people,dc=example"`);
  if (!/^[A-Za-z][A-Za-z\d-]*$/.test(userAttr))
    fail(`the userAttr ${JSON.stringify(userAttr)}, which is not the name of an attribute; write one such as "uid"`);
  if (!/^\(.*\{\{\.(UserDN|Username)\}\}.*\)$/.test(groupFilter))
    fail(
      `the groupFilter ${JSON.stringify(groupFilter)}, which finds groups of others as well; write it in parentheses, with {{.UserDN}} or {{.Username}}`,
    );
}
