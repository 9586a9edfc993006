import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { checkSecretRefs, revisionOf } from "../../core/secret-ref";
import { isEncrypted, isSecureAddress } from "../../core/secure-address";
import { CentralSecret } from "../../terraform/central-secret";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { JwtAuthBackend, JwtAuthBackendRole } from "../../terraform/providers/vault";
import { ownLimit } from "./app-role-login";
import { checkClaimMappings } from "./claim-mappings";
import { ExternalGroups } from "./external-groups";
import type { OidcLoginProps } from "./oidc-login-props";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Default path and type of the login. */
export const OIDC_LOGIN = { path: "oidc", type: "oidc" } as const;

/** Role at which people of all external groups log in. No {@link AccessRole} has such a name. */
const EXTERNAL_GROUPS_ROLE = `${IDENTITY_POLICY_PREFIX}groups`;

/**
 * The login of people at another provider of identities; https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers. Their
 * groups are known at the login alone, so keep the lifetimes of the roles' tokens short.
 */
export class OidcLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly mount: string;
  /** Accessor of the mount, by which templates of policies name metadata of people. */
  readonly accessor: string;
  private readonly claimMappings: Record<string, string> | undefined;
  private groups: ExternalGroups | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: OidcLoginProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    const { clientSecret, centralProvider, provider } = props;
    checkDurations(props, ["tokenTtl"], this);
    checkSecretRefs({ clientSecret }, this);
    checkOidcAddresses(props, this);
    this.mount = checkLoginPath(props.path ?? OIDC_LOGIN.path, this);
    this.claimMappings = checkClaimMappings(this.mount, props.claimMappings, this);
    const secret = new CentralSecret(this, "ClientSecret", centralProvider, clientSecret);
    const backend = new JwtAuthBackend(this, "Resource", {
      path: this.mount,
      type: OIDC_LOGIN.type,
      description: props.description,
      oidcDiscoveryUrl: props.discoveryUrl,
      oidcDiscoveryCaPem: props.caCertificate,
      oidcClientId: props.clientId,
      // The login page needs no name of a role then.
      defaultRole: Lazy.stringValue({ produce: () => this.groups && EXTERNAL_GROUPS_ROLE }),
      tune: [
        {
          listingVisibility: props.listingVisibility ?? "unauth",
          maxLeaseTtl: props.tokenTtl && ownLimit(props.tokenTtl)?.toString(),
        },
      ],
      provider,
    });
    // The prebuilt bindings do not know the arguments.
    backend.addOverride("oidc_client_secret_wo", secret.field(clientSecret.field));
    backend.addOverride("oidc_client_secret_wo_version", revisionOf({ clientSecret }));
    this.accessor = backend.accessor;
    this.path = backend.path;
  }

  /**
   * People in a group, without a role to choose: at a login they get the policies of all their groups that roles name so. They lose those of
   * others then, also with tokens that exist.
   *
   * @param group Name of the group, as the provider writes it into the claim.
   */
  externalGroup(group: string): IRoleLogin {
    this.groups ??= this.createGroups();
    return this.groups.group(group);
  }

  /**
   * People in a group.
   *
   * @param group Name of the group, as the provider writes it into the claim.
   * @param claim Claim with the groups of a person.
   */
  group(group: string, claim = "groups"): IRoleLogin {
    const boundClaims = checkClaims(`login ${this.mount}`, { [claim]: group }, this);
    const { redirectUris } = this.props;
    return {
      id: this.mount,
      use: () => ({ kind: "oidc", path: this.mount, group, redirectUris }),
      bind: (scope, token) => {
        new JwtAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          roleType: "oidc",
          boundClaimsType: "string",
          userClaim: "sub",
          boundAudiences: [this.props.clientId],
          boundClaims,
          allowedRedirectUris: [...redirectUris],
          oidcScopes: this.props.scopes && [...this.props.scopes],
          claimMappings: this.claimMappings,
        });
      },
    };
  }

  private createGroups(): ExternalGroups {
    const { mount } = this;
    const { clientId, redirectUris, scopes, groupsClaim = "groups", provider } = this.props;
    const ttl = (this.props.tokenTtl ?? Duration.hours(1)).toSeconds();
    const groups = new ExternalGroups(this, {
      mount,
      accessor: this.accessor,
      use: (group) => ({ kind: "oidc", path: mount, group, redirectUris, tokens: { ttl } }),
      insteadForDuty: "reach it by oidc instead of oidcGroups",
      provider,
    });
    new JwtAuthBackendRole(groups, "Role", {
      backend: this.path,
      roleName: EXTERNAL_GROUPS_ROLE,
      roleType: "oidc",
      boundClaimsType: "string",
      userClaim: "sub",
      groupsClaim,
      boundAudiences: [clientId],
      // Who is in none of the groups is refused. The provider makes a list of values that commas separate.
      boundClaims: { [groupsClaim]: Lazy.stringValue({ produce: () => groups.groups.join(",") }) },
      allowedRedirectUris: [...redirectUris],
      oidcScopes: scopes && [...scopes],
      claimMappings: this.claimMappings,
      tokenTtl: ttl,
      // A renewal would make the person a member again of all groups of the token's login.
      tokenType: "batch",
      provider,
    });
    return groups;
  }
}

/** @throws ValidationError if somebody on the way could take part in a login. */
export function checkOidcAddresses(
  { discoveryUrl, redirectUris }: Pick<OidcLoginProps, "discoveryUrl" | "redirectUris">,
  scope?: Construct,
): void {
  const fail = (problem: string): never => {
    throw new ValidationError("oidc-url", `The OIDC login has ${problem}.`, scope);
  };
  if (!isEncrypted(discoveryUrl))
    fail(`the discoveryUrl ${JSON.stringify(discoveryUrl)}, which is not reached by TLS; write an https address`);
  if (redirectUris.length === 0) fail("no redirectUris; write those of the instance's page and of the command");
  const wrong = redirectUris.find((uri) => uri.includes("*") || !isSecureAddress(uri));
  if (wrong !== undefined)
    fail(`the redirect URI ${JSON.stringify(wrong)}; write a complete https address, or one of localhost, without "*"`);
}
