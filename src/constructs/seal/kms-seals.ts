import type { SecretRef } from "../../core/secret-ref";

/**
 * A plugin that brings a seal to OpenBao, which has only `transit` and `static` built in from 2.7 on. The image, or a volume, has
 * to hold it in the plugin folder; https://openbao.org/docs/configuration/seal/#plugins
 */
export interface KmsPlugin {
  /** Name of the program in the plugin folder. */
  readonly command: string;
  /** SHA-256 of the program, hexadecimal. */
  readonly sha256sum: string;
  /** @default "/openbao/plugins" */
  readonly directory?: string;
}

/** What every seal by a key service may have. */
export interface KmsSealProps {
  /** OpenBao 2.7 and later only. @default - the seal is built into the server */
  readonly plugin?: KmsPlugin;
}

/** AWS KMS; https://openbao.org/docs/configuration/seal/awskms */
export interface AwsKmsSealProps extends KmsSealProps {
  readonly region: string;
  /** Id or ARN of the key. */
  readonly kmsKeyId: string;
  /** URL of a VPC endpoint. @default - AWS's own */
  readonly endpoint?: string;
  /** @default - those of the pods' identity, see `serviceAccountAnnotations` of the deployment */
  readonly credentials?: { readonly accessKeyId: SecretRef; readonly secretAccessKey: SecretRef };
}

/** Google Cloud KMS; https://openbao.org/docs/configuration/seal/gcpckms */
export interface GcpCloudKmsSealProps extends KmsSealProps {
  readonly project: string;
  /** Such as `"europe-west3"` or `"global"`. */
  readonly region: string;
  readonly keyRing: string;
  readonly cryptoKey: string;
  /** JSON of a service account's key. @default - those of the pods' identity, see `serviceAccountAnnotations` of the deployment */
  readonly credentials?: SecretRef;
}

/** Azure Key Vault; https://openbao.org/docs/configuration/seal/azurekeyvault */
export interface AzureKeyVaultSealProps extends KmsSealProps {
  readonly tenantId: string;
  readonly vaultName: string;
  readonly keyName: string;
  /** @default - the managed identity of the pods */
  readonly credentials?: { readonly clientId: SecretRef; readonly clientSecret: SecretRef };
}

/** Alibaba Cloud KMS; https://openbao.org/docs/configuration/seal/alicloudkms */
export interface AliCloudKmsSealProps extends KmsSealProps {
  readonly region: string;
  readonly kmsKeyId: string;
  readonly credentials: { readonly accessKey: SecretRef; readonly secretKey: SecretRef };
}

/** Oracle Cloud KMS, by the nodes' instance principal; https://openbao.org/docs/configuration/seal/ocikms */
export interface OciKmsSealProps extends KmsSealProps {
  /** OCID of the key. */
  readonly keyId: string;
  readonly cryptoEndpoint: string;
  readonly managementEndpoint: string;
}

/** A hardware security module by its PKCS#11 library, which image or volume has to hold; https://openbao.org/docs/configuration/seal/pkcs11 */
export interface Pkcs11SealProps extends KmsSealProps {
  /** Path of the library in the servers' container. */
  readonly library: string;
  readonly tokenLabel: string;
  readonly keyLabel: string;
  /** Label of the HMAC key, which Vault wants with mechanisms that do not authenticate. @default - none */
  readonly hmacKeyLabel?: string;
  /** Such as `"CKM_AES_GCM"`. @default - the best that the module has */
  readonly mechanism?: string;
  readonly pin: SecretRef;
}

/** A key of 32 bytes that the servers are given; OpenBao only; https://openbao.org/docs/configuration/seal/static */
export interface StaticKeySealProps {
  /** Names the key for good; another key has another id. */
  readonly keyId: string;
  /** The key, base64, of 32 bytes. */
  readonly key: SecretRef;
  /** The key before, until all data are sealed with the new one. @default - none */
  readonly previous?: { readonly keyId: string; readonly key: SecretRef };
}
