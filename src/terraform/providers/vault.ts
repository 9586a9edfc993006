// Deep paths: the barrel would load every resource of the provider.
import { VaultProvider as PrebuiltVaultProvider } from "@cdktf/provider-vault/lib/provider";
import { versionRange } from "../provider-ranges";

export { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
export { Audit } from "@cdktf/provider-vault/lib/audit";
export { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
export { AwsAuthBackendClient } from "@cdktf/provider-vault/lib/aws-auth-backend-client";
export { AwsAuthBackendRole } from "@cdktf/provider-vault/lib/aws-auth-backend-role";
export { AwsSecretBackend } from "@cdktf/provider-vault/lib/aws-secret-backend";
export {
  AwsSecretBackendRole,
  type AwsSecretBackendRoleConfig,
} from "@cdktf/provider-vault/lib/aws-secret-backend-role";
export { AzureAuthBackendConfig } from "@cdktf/provider-vault/lib/azure-auth-backend-config";
export { AzureAuthBackendRole } from "@cdktf/provider-vault/lib/azure-auth-backend-role";
export { AzureSecretBackend } from "@cdktf/provider-vault/lib/azure-secret-backend";
export { AzureSecretBackendRole } from "@cdktf/provider-vault/lib/azure-secret-backend-role";
export { DataVaultPkiSecretBackendIssuer } from "@cdktf/provider-vault/lib/data-vault-pki-secret-backend-issuer";
export { CertAuthBackendRole, type CertAuthBackendRoleConfig } from "@cdktf/provider-vault/lib/cert-auth-backend-role";
export { DataVaultAuthBackend } from "@cdktf/provider-vault/lib/data-vault-auth-backend";
export { DataVaultGenericSecret } from "@cdktf/provider-vault/lib/data-vault-generic-secret";
export { DatabaseSecretBackendRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
export { DatabaseSecretBackendStaticRole } from "@cdktf/provider-vault/lib/database-secret-backend-static-role";
export {
  DatabaseSecretsMount,
  type DatabaseSecretsMountCassandra,
  type DatabaseSecretsMountMysql,
  type DatabaseSecretsMountRedis,
} from "@cdktf/provider-vault/lib/database-secrets-mount";
export { GcpAuthBackend } from "@cdktf/provider-vault/lib/gcp-auth-backend";
export { GcpAuthBackendRole } from "@cdktf/provider-vault/lib/gcp-auth-backend-role";
export { GcpSecretBackend } from "@cdktf/provider-vault/lib/gcp-secret-backend";
export { GcpSecretImpersonatedAccount } from "@cdktf/provider-vault/lib/gcp-secret-impersonated-account";
export { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
export { JwtAuthBackend } from "@cdktf/provider-vault/lib/jwt-auth-backend";
export { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
export { LdapAuthBackend } from "@cdktf/provider-vault/lib/ldap-auth-backend";
export { IdentityEntity } from "@cdktf/provider-vault/lib/identity-entity";
export { IdentityEntityAlias } from "@cdktf/provider-vault/lib/identity-entity-alias";
export { IdentityGroupAlias } from "@cdktf/provider-vault/lib/identity-group-alias";
export { IdentityGroup as VaultIdentityGroup } from "@cdktf/provider-vault/lib/identity-group";
export { IdentityMfaLoginEnforcement } from "@cdktf/provider-vault/lib/identity-mfa-login-enforcement";
export { IdentityMfaTotp } from "@cdktf/provider-vault/lib/identity-mfa-totp";
export { KubernetesAuthBackendConfig } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-config";
export { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
export { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
export { KvSecretV2 } from "@cdktf/provider-vault/lib/kv-secret-v2";
export { Mount } from "@cdktf/provider-vault/lib/mount";
export { PkiSecretBackendConfigIssuers } from "@cdktf/provider-vault/lib/pki-secret-backend-config-issuers";
export { PkiSecretBackendConfigUrls } from "@cdktf/provider-vault/lib/pki-secret-backend-config-urls";
export { PkiSecretBackendIntermediateCertRequest } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-cert-request";
export { PkiSecretBackendIntermediateSetSigned } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-set-signed";
export {
  PkiSecretBackendRole,
  type PkiSecretBackendRoleConfig,
} from "@cdktf/provider-vault/lib/pki-secret-backend-role";
export { PkiSecretBackendRootCert } from "@cdktf/provider-vault/lib/pki-secret-backend-root-cert";
export { PkiSecretBackendRootSignIntermediate } from "@cdktf/provider-vault/lib/pki-secret-backend-root-sign-intermediate";
export { Plugin } from "@cdktf/provider-vault/lib/plugin";
export { Policy } from "@cdktf/provider-vault/lib/policy";
export { QuotaLeaseCount } from "@cdktf/provider-vault/lib/quota-lease-count";
export { QuotaRateLimit } from "@cdktf/provider-vault/lib/quota-rate-limit";
export { SshSecretBackendCa, type SshSecretBackendCaConfig } from "@cdktf/provider-vault/lib/ssh-secret-backend-ca";
export {
  SshSecretBackendRole,
  type SshSecretBackendRoleConfig,
} from "@cdktf/provider-vault/lib/ssh-secret-backend-role";
export { TerraformCloudSecretBackend } from "@cdktf/provider-vault/lib/terraform-cloud-secret-backend";
export { TerraformCloudSecretRole } from "@cdktf/provider-vault/lib/terraform-cloud-secret-role";
export { TokenAuthBackendRole } from "@cdktf/provider-vault/lib/token-auth-backend-role";
export { TransitSecretBackendKey } from "@cdktf/provider-vault/lib/transit-secret-backend-key";

/** The Vault provider, in the range of versions that the constructs work with. */
export class VaultProvider extends PrebuiltVaultProvider {
  override readonly terraformGeneratorMetadata = versionRange("vault");
}
