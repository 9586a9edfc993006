import { Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import {
  CLUSTERS_MOUNT,
  COMMAND_LOGIN,
  MAINTENANCE_POLICY,
  RECORDS_MOUNT,
  ROOT_CA_MOUNT,
  SEALS_MOUNT,
  WATCH_POLICY,
  WATCH_ROLE,
  watchRole,
} from "../../contract/central-vault";
import { AUTHORITIES_MOUNT } from "../../contract/authorities";
import { ACCESS_MOUNT } from "../../contract/identities";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { isEncrypted } from "../../core/secure-address";
import { maintenancePolicy, watchPolicy } from "../../policy/central-policies";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import {
  ApproleAuthBackendRole,
  JwtAuthBackend,
  KvSecretBackendV2,
  Mount,
  Policy,
} from "../../terraform/providers/vault";
import { AppRoleLogin } from "../login/app-role-login";
import { RootCa } from "../tenant-pki/root-ca";
import { CertificateFile } from "./certificate-file";
import { ShareGroups } from "./share-groups";

/** Limit of the secret IDs of the command's login. */
export const COMMAND_SECRET_ID_TTL = Duration.days(90);

/** Default path of the login of pipelines. */
const PIPELINE_LOGIN = "pipeline";

/** A platform that issues signed tokens (JWT) to the jobs of pipelines, such as GitLab. */
export interface PipelineIssuer {
  /**
   * Path of the login, without `auth/`.
   *
   * @default "pipeline"
   * @changes in place: moves the login and its roles; then set it in each `TenantPipeline`, too, where pipelines log in afterwards
   */
  readonly login?: string;
  /**
   * Issuer that the tokens name, such as "https://gitlab.example".
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly issuer: string;
  /**
   * URL of the issuer's public keys (JWKS).
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly jwksUrl: string;
  /**
   * PEM certificates of the CA of that URL.
   *
   * @default - those that the central Vault's machine trusts
   * @changes in place
   */
  readonly jwksCaPem?: string;
}

/** Properties of a {@link CentralVault}. */
export interface CentralVaultProps {
  /**
   * URL of the central Vault, for the issuer and CRL URLs in certificates.
   *
   * @changes in place: issued certificates keep the former URLs, so keep the former address reachable until they expire
   */
  readonly address: string;
  /**
   * Namespace of the central Vault that it configures, for the same URLs. The provider names it too.
   *
   * @default - the root namespace
   * @changes replaces every mount with an empty one in the other namespace: move the data first; the former mounts stay
   */
  readonly namespace?: string;
  /**
   * PEM file, relative to the project, into which Terraform writes the certificate of the root CA. The providers of instances
   * trust it; commit it.
   *
   * @default - none is written
   * @changes in place: Terraform writes the new file and leaves the former one; commit it
   */
  readonly rootCaFile?: string;
  /**
   * Lifetime of a secret ID of the login `watch`. Request a new one before it expires.
   *
   * @default - 90 days
   * @changes in place: for secret IDs that are created afterwards
   */
  readonly watchSecretIdTtl?: Duration;
  /**
   * Whether watchers may also renew what expires (`tenant-vault watch --maintain`): server certificates, seal tokens and the
   * credentials of identities. `tenant-vault watch --drill` needs it, too. Their login then also has the policy
   * `tenant-vault-maintenance`.
   *
   * @default false
   * @changes in place: for the next login of a watcher
   */
  readonly maintenance?: boolean;
  /**
   * Names of groups of watchers, at least two, for which each instance's keys are distributed so that no group alone can unseal it. Each
   * group has a login of its own, for `tenant-vault watch --share-group`. Their order decides who gets which keys.
   *
   * @default - none: a watcher reads all keys
   * @changes in place: the next run of the hook of each instance distributes its keys again; then rotate its keys, because a group may remember former ones
   */
  readonly shareGroups?: readonly string[];
  /**
   * The platform of the operator's pipelines, whose tokens log in to the central Vault.
   *
   * @default - none: pipelines log in by AppRole
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly pipeline?: PipelineIssuer;
  /**
   * Whether Terraform refuses to destroy the records, which hold every tenant's keys.
   *
   * @default true
   * @changes in place: applies to the next deployment
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the central Vault.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same Vault
   */
  readonly provider?: TerraformProvider;
}

/**
 * Configures the operator's central Vault: mounts of records and kubeconfigs, the root CA, and the
 * login `watch`, which reads records and writes none. A {@link TenantAccess} has the logins of a tenant.
 */
export class CentralVault extends Construct {
  /** Root CA of the tenants' intermediates. */
  readonly rootCa: RootCa;
  /** Role ID of the login `watch`, not a secret; `TENANT_VAULT_ROLE_ID` of `tenant-vault status`. */
  readonly watchRoleId: string;
  /** Role ID, not a secret, of the login of each share group. */
  readonly shareGroupRoleIds: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: CentralVaultProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["watchSecretIdTtl"], this);
    const { address, provider, deletionProtection = true } = props;
    const lifecycle = { preventDestroy: deletionProtection };

    this.createStore(
      "Records",
      RECORDS_MOUNT,
      "Unseal keys and root token of each tenant's instances",
      lifecycle,
      provider,
    );
    this.createStore(
      "Access",
      ACCESS_MOUNT,
      "Credentials of the identities of each tenant's instances",
      lifecycle,
      provider,
    );
    this.createStore("Clusters", CLUSTERS_MOUNT, "Kubeconfig of each tenant's cluster", lifecycle, provider);

    this.createStore("Authorities", AUTHORITIES_MOUNT, "Keys and certificates of exported CAs", lifecycle, provider);

    new Mount(this, "Seals", {
      path: SEALS_MOUNT,
      type: "transit",
      description: "Keys that unseal tenants' instances",
      lifecycle,
      provider,
    });

    const policy = new Policy(this, "WatchPolicy", { name: WATCH_POLICY, policy: watchPolicy(), provider });
    const policies = [policy.name];
    if (props.maintenance === true) {
      const content = { name: MAINTENANCE_POLICY, policy: maintenancePolicy(), provider };
      policies.push(new Policy(this, "MaintenancePolicy", content).name);
    }
    const secretIdTtl = props.watchSecretIdTtl ?? COMMAND_SECRET_ID_TTL;
    const login = new AppRoleLogin(this, "CommandLogin", {
      path: COMMAND_LOGIN,
      description: "Logins of the tenant-vault command and of pipelines",
      maxTtl: secretIdTtl.isLongerThan(COMMAND_SECRET_ID_TTL) ? secretIdTtl : COMMAND_SECRET_ID_TTL,
      provider,
    });
    const createRole = (id: string, roleName: string, tokenPolicies: string[]): string =>
      new ApproleAuthBackendRole(this, id, {
        backend: login.path,
        roleName,
        tokenPolicies,
        tokenTtl: Duration.minutes(15).toSeconds(),
        tokenMaxTtl: Duration.hours(1).toSeconds(),
        secretIdTtl: secretIdTtl.toSeconds(),
        provider,
      }).roleId;
    this.watchRoleId = createRole("WatchRole", WATCH_ROLE, policies);
    const shares = props.shareGroups && new ShareGroups(this, "Shares", { groups: props.shareGroups, provider });
    this.shareGroupRoleIds = Object.fromEntries(
      [...(shares?.policies ?? [])].map(([group, name]) => [
        group,
        createRole(`WatchRole-${group}`, watchRole(group), [name]),
      ]),
    );

    this.rootCa = new RootCa(this, "RootCa", {
      commonName: "Tenant Vault Root CA",
      mount: ROOT_CA_MOUNT,
      address,
      namespace: props.namespace,
      deletionProtection,
      provider,
    });
    if (props.rootCaFile !== undefined)
      new CertificateFile(this, "RootCaFile", { certificate: this.rootCa.certificate, file: props.rootCaFile });
    if (props.pipeline !== undefined) this.createPipelineLogin(props.pipeline, provider);
  }

  private createPipelineLogin(
    { login = PIPELINE_LOGIN, issuer, jwksUrl, jwksCaPem }: PipelineIssuer,
    provider?: TerraformProvider,
  ): void {
    if (!Token.isUnresolved(jwksUrl) && !isEncrypted(jwksUrl)) {
      throw new ValidationError(
        "jwks-url",
        `The jwksUrl ${JSON.stringify(jwksUrl)} is not reached by TLS, so keys on the way could let anybody log in; write an https address.`,
        this,
      );
    }
    checkCertificates({ jwksCaPem }, this);
    new JwtAuthBackend(this, "PipelineLogin", {
      path: checkLoginPath(login, this),
      type: "jwt",
      description: "Login of pipelines",
      boundIssuer: issuer,
      jwksUrl,
      jwksCaPem,
      provider,
    });
  }

  private createStore(
    id: string,
    path: string,
    description: string,
    lifecycle: { preventDestroy: boolean },
    provider?: TerraformProvider,
  ): void {
    const mount = new Mount(this, id, {
      path,
      type: "kv",
      options: { version: "2" },
      description,
      lifecycle,
      provider,
    });
    // Old versions undo mistakes, so keep many. Other clients write without check-and-set.
    new KvSecretBackendV2(this, `${id}Config`, { mount: mount.path, maxVersions: 50, casRequired: false, provider });
  }
}
