import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import {
  CLUSTERS_MOUNT,
  HOOK_LOGIN,
  HOOK_POLICY,
  INSTANCE_CERTIFICATE_ROLE,
  RECORDS_MOUNT,
  ROOT_CA_MOUNT,
  SEALS_MOUNT,
  SEAL_ROLE_PREFIX,
} from "../../contract/central-vault";
import { ACCESS_MOUNT } from "../../contract/identities";
import { parseDomainPattern } from "../../core/domains";
import { checkDurations, Duration } from "../../core/duration";
import { PolicyDocument } from "../../policy/policy-document";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import {
  ApproleAuthBackendRole,
  KvSecretBackendV2,
  Mount,
  PkiSecretBackendRole,
  Policy,
} from "../../terraform/providers/vault";
import { AppRoleLogin, DEFAULT_MAX_TTL } from "../login/app-role-login";
import { RootCa } from "../tenant-pki/root-ca";
import { CertificateFile } from "./certificate-file";

/** Names of servers inside a Kubernetes cluster. */
const CLUSTER_NAMES = ["*-internal", "*.svc", "*.svc.cluster.local"];

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
   * Domains of the addresses under which outside clients reach instances.
   *
   * @default - none
   * @changes in place: for server certificates that are issued afterwards
   */
  readonly instanceDomains?: readonly string[];
  /**
   * PEM file, relative to the project, into which Terraform writes the certificate of the root CA. The providers of instances
   * trust it; commit it.
   *
   * @default - none is written
   * @changes in place: Terraform writes the new file and leaves the former one; commit it
   */
  readonly rootCaFile?: string;
  /**
   * Lifetime of a secret ID of the hook's login. Request a new one before it expires.
   *
   * @default - 90 days
   * @changes in place: for secret IDs that are created afterwards
   */
  readonly hookSecretIdTtl?: Duration;
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
 * Configures the operator's central Vault: mounts of records and kubeconfigs, the root CA, and a login with narrow permissions
 * for the hook.
 */
export class CentralVault extends Construct {
  /** Root CA of the tenants' intermediates. */
  readonly rootCa: RootCa;
  /** Role ID of the hook, not a secret; `TENANT_VAULT_ROLE_ID` of the command. */
  readonly hookRoleId: string;

  constructor(scope: Construct, id: string, props: CentralVaultProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkDurations(props, ["hookSecretIdTtl"], this);
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

    new Mount(this, "Seals", {
      path: SEALS_MOUNT,
      type: "transit",
      description: "Keys that unseal tenants' instances",
      lifecycle,
      provider,
    });

    const policy = new Policy(this, "HookPolicy", { name: HOOK_POLICY, policy: hookPolicy(), provider });
    const secretIdTtl = props.hookSecretIdTtl ?? Duration.days(90);
    const login = new AppRoleLogin(this, "HookLogin", {
      path: HOOK_LOGIN,
      description: "Login of the tenant-vault command",
      maxTtl: secretIdTtl.isLongerThan(DEFAULT_MAX_TTL) ? secretIdTtl : undefined,
      provider,
    });
    const role = new ApproleAuthBackendRole(this, "HookRole", {
      backend: login.path,
      roleName: "hook",
      tokenPolicies: [policy.name],
      tokenTtl: Duration.minutes(15).toSeconds(),
      tokenMaxTtl: Duration.hours(1).toSeconds(),
      secretIdTtl: secretIdTtl.toSeconds(),
      provider,
    });
    this.hookRoleId = role.roleId;

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
    this.createCertificateRole(props.instanceDomains ?? [], provider);
  }

  private createCertificateRole(instanceDomains: readonly string[], provider?: TerraformProvider): void {
    new PkiSecretBackendRole(this, "InstanceCertificates", {
      backend: this.rootCa.mountPath,
      name: INSTANCE_CERTIFICATE_ROLE,
      allowedDomains: [...CLUSTER_NAMES, ...instanceDomains.map(parseDomainPattern)],
      allowGlobDomains: true,
      allowSubdomains: true,
      allowBareDomains: true,
      allowLocalhost: true,
      allowIpSans: true,
      serverFlag: true,
      clientFlag: false,
      keyType: "ec",
      keyBits: 256,
      maxTtl: String(Duration.days(365).toSeconds()),
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

/** Access to records. It cannot destroy versions, delete metadata or read secrets of other mounts. */
function hookPolicy(): string {
  const policy = new PolicyDocument();
  policy.add({
    path: `${RECORDS_MOUNT}/data/*`,
    capabilities: ["create", "read", "update"],
    reason: "write keys and read them back",
  });
  policy.add({
    path: `${RECORDS_MOUNT}/metadata/*`,
    capabilities: ["create", "read", "update", "patch", "list"],
    reason: "describe instances and find them",
  });
  policy.add({ path: `${RECORDS_MOUNT}/metadata/`, capabilities: ["list"], reason: "find tenants" });
  policy.add({
    path: `${RECORDS_MOUNT}/delete/*`,
    capabilities: ["update"],
    reason: "delete recoverably, as the preflight does",
  });
  policy.add({
    path: `${ROOT_CA_MOUNT}/issue/${INSTANCE_CERTIFICATE_ROLE}`,
    capabilities: ["create", "update"],
    reason: "issue the TLS certificate of an instance",
  });
  policy.add({
    path: `${CLUSTERS_MOUNT}/data/*`,
    capabilities: ["create", "read", "update"],
    reason: "keep the kubeconfig that Kubespray made, and reach the pods of an instance",
  });
  policy.add({
    path: `${ACCESS_MOUNT}/data/*`,
    capabilities: ["create", "read", "update"],
    reason: "keep the credentials of an instance's identities, and log in with them",
  });
  policy.add({
    path: `auth/token/create/${SEAL_ROLE_PREFIX}*`,
    capabilities: ["create", "update"],
    reason: "make the token by which an instance's servers use their transit key, and no other",
  });
  return policy.render();
}
