import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  certificateRole,
  CLUSTERS_MOUNT,
  COMMAND_LOGIN,
  ROOT_CA_MOUNT,
  TENANT_IDENTITIES,
  tenantPolicyName,
  tenantRole,
  type TenantIdentity,
} from "../../contract/central-vault";
import { ACCESS_MOUNT, accessPath } from "../../contract/identities";
import { isKept } from "../../contract/kept-mounts";
import { namespaceLogin } from "../../contract/namespaces";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { tenantPolicy, type SignedIntermediate } from "../../policy/central-policies";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import {
  ApproleAuthBackendRole,
  JwtAuthBackendRole,
  PkiSecretBackendRole,
  Policy,
} from "../../terraform/providers/vault";
import { ROLE_DEFAULTS } from "../tenant-pki/pki-role";
import { COMMAND_SECRET_ID_TTL } from "../central-vault/central-vault";
import { signingParameters } from "../tenant-pki/authority-content";
import { serverPatterns } from "../server-config/names";
import type { TenantAccessProps, TenantIntermediate } from "./tenant-access-props";

/** Lifetime of a token. A deployment with Kubespray takes up to two hours. */
const TOKEN_TTL: Readonly<Record<TenantIdentity, Duration>> = {
  hook: Duration.hours(1),
  deploy: Duration.hours(4),
  plan: Duration.hours(1),
};

/**
 * Logins of one tenant in the central Vault: `hook`, `deploy` and `plan`, each with a policy for this tenant alone, and the role that
 * issues the TLS certificates of the tenant's servers. People deploy it with a token that may write policies. A pipeline must not.
 */
export class TenantAccess extends Construct {
  /** Role IDs, not secret; `TENANT_VAULT_ROLE_ID` of the command. */
  readonly roleIds: Readonly<Record<TenantIdentity, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TenantAccessProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["secretIdTtl"], this);
    checkSecretIdTtl(props, this);
    checkSecrets(props, this);
    const roleIds = TENANT_IDENTITIES.map((identity) => [identity, this.createLogin(identity)]);
    this.roleIds = Object.fromEntries(roleIds) as Record<TenantIdentity, string>;
    this.createCertificateRole();
  }

  /** @returns The role ID. */
  private createLogin(identity: TenantIdentity): string {
    const {
      tenant,
      secrets = [],
      authorities,
      intermediates = [],
      namespaces,
      boundCidrs,
      pipeline,
      provider,
    } = this.props;
    const policy = new Policy(this, `${identity}-policy`, {
      name: tenantPolicyName(tenant, identity),
      policy: tenantPolicy(identity, {
        tenant,
        secrets,
        intermediates: intermediates.map(requestOf),
        authorities,
        namespaces,
      }),
      provider,
    });
    const token = {
      roleName: tenantRole(tenant, identity),
      tokenPolicies: [policy.name],
      tokenTtl: TOKEN_TTL[identity].toSeconds(),
      tokenMaxTtl: TOKEN_TTL[identity].toSeconds(),
      tokenBoundCidrs: boundCidrs && [...boundCidrs],
      provider,
    };
    const role = new ApproleAuthBackendRole(this, `${identity}-role`, {
      ...token,
      backend: COMMAND_LOGIN,
      secretIdTtl: (this.props.secretIdTtl ?? COMMAND_SECRET_ID_TTL).toSeconds(),
      secretIdBoundCidrs: boundCidrs && [...boundCidrs],
    });
    const claims = pipeline?.claims[identity];
    if (pipeline !== undefined && claims !== undefined) {
      checkClaims(claims, identity, this);
      new JwtAuthBackendRole(this, `${identity}-pipeline`, {
        ...token,
        backend: checkLoginPath(pipeline.login, this),
        roleType: "jwt",
        boundClaimsType: "string",
        userClaim: "sub",
        boundAudiences: [...pipeline.audiences],
        boundClaims: { ...claims },
      });
    }
    return role.roleId;
  }

  /** Issues for the names of this tenant's servers, and for no other. */
  private createCertificateRole(): void {
    const { tenant, servers = [], provider } = this.props;
    const names = [...new Set(servers.flatMap(({ name, host }) => serverPatterns({ tenant, name }, host)))];
    if (names.length === 0) return;
    new PkiSecretBackendRole(this, "Certificates", {
      backend: ROOT_CA_MOUNT,
      name: certificateRole(tenant),
      allowedDomains: names,
      ...ROLE_DEFAULTS,
      allowGlobDomains: true,
      allowSubdomains: false,
      allowBareDomains: true,
      allowLocalhost: true,
      // The policies of hook and deploy allow 127.0.0.1 alone.
      allowIpSans: true,
      serverFlag: true,
      clientFlag: false,
      keyType: "ec",
      keyBits: 256,
      maxTtl: String(Duration.days(365).toSeconds()),
      provider,
    });
  }
}

function requestOf({ lifetime, content = {}, ...intermediate }: TenantIntermediate): SignedIntermediate {
  return { ...intermediate, parameters: signingParameters(content), ttl: lifetime.toSeconds() };
}

function checkSecretIdTtl({ secretIdTtl }: TenantAccessProps, scope: Construct): void {
  if (secretIdTtl?.isLongerThan(COMMAND_SECRET_ID_TTL) !== true) return;
  throw new ValidationError(
    "login-ttl",
    `A secretIdTtl of ${secretIdTtl.toString()} is longer than the login of the central Vault allows, ${COMMAND_SECRET_ID_TTL.toString()}; reduce it.`,
    scope,
  );
}

/**
 * Secrets of the tenant, or of nobody. Tenants may share a cluster and so its kubeconfig, and an instance that hosts a namespace.
 *
 * @throws ValidationError if a secret is what this library keeps for another tenant.
 */
function checkSecrets(
  { tenant, secrets = [], namespaces = [] }: Pick<TenantAccessProps, "tenant" | "secrets" | "namespaces">,
  scope: Construct,
): void {
  const logins = namespaces.map((each) => accessPath(each.sharedInstance, namespaceLogin(each.instance)));
  const wrong = secrets.find((secret) => {
    const { mount, path } = secret;
    if (!isKept(secret) || mount === CLUSTERS_MOUNT) return false;
    return !path.startsWith(`${tenant}/`) && !(mount === ACCESS_MOUNT && logins.includes(path));
  });
  if (wrong === undefined) return;
  throw new ValidationError(
    "tenant-secret",
    `The secret ${wrong.mount}/${wrong.path} is not one of ${tenant}, but where tenant-vault keeps keys and credentials of tenants; name a secret in another mount.`,
    scope,
  );
}

/** @throws ValidationError without claims: any pipeline of the same issuer could log in. */
function checkClaims(claims: Readonly<Record<string, string>>, identity: TenantIdentity, scope: Construct): void {
  if (Token.isUnresolved(claims) || Object.values(claims).some((value) => value !== "")) return;
  throw new ValidationError(
    "pipeline-claims",
    `The login of the pipeline as ${identity} has no claims, so any pipeline could use it; name those of the tenant's own, such as { project_path: "operator/tenants" }.`,
    scope,
  );
}
