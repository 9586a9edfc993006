import type { SecretRef } from "../../core/secret-ref";

/**
 * A plugin with a seal for OpenBao. From version 2.7 on, OpenBao has only `transit` and `static` built in. The image or a
 * volume must hold the plugin in the plugin folder; https://openbao.org/docs/configuration/seal/#plugins
 */
export interface KmsPlugin {
  /**
   * Name of the program in the plugin folder.
   *
   * @changes rolling restart by the hook
   */
  readonly command: string;
  /**
   * SHA-256 of the program, hexadecimal.
   *
   * @changes rolling restart by the hook
   */
  readonly sha256sum: string;
  /**
   * The plugin folder.
   *
   * @default "/openbao/plugins"
   * @changes rolling restart by the hook
   */
  readonly directory?: string;
}

/** Optional properties of every seal by a key service. */
export interface KmsSealProps {
  /**
   * A plugin with the seal; only for OpenBao 2.7 and later.
   *
   * @default - the seal is built into the server
   * @changes rolling restart by the hook
   */
  readonly plugin?: KmsPlugin;
}

/** AWS KMS; https://openbao.org/docs/configuration/seal/awskms */
export interface AwsKmsSealProps extends KmsSealProps {
  /**
   * AWS region, such as `"eu-central-1"`.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly region: string;
  /**
   * ID or ARN of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly kmsKeyId: string;
  /**
   * URL of a VPC endpoint.
   *
   * @default - the endpoint of AWS
   * @changes rolling restart by the hook
   */
  readonly endpoint?: string;
  /**
   * Where the central Vault holds the credentials.
   *
   * @default - the identity of the pods, see `serviceAccountAnnotations` of the deployment
   * @changes rolling restart by the hook
   */
  readonly credentials?: {
    /**
     * Where the central Vault holds the access key ID.
     *
     * @changes rolling restart by the hook
     */
    readonly accessKeyId: SecretRef;
    /**
     * Where the central Vault holds the secret access key.
     *
     * @changes rolling restart by the hook
     */
    readonly secretAccessKey: SecretRef;
  };
}

/** Google Cloud KMS; https://openbao.org/docs/configuration/seal/gcpckms */
export interface GcpCloudKmsSealProps extends KmsSealProps {
  /**
   * ID of the project.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly project: string;
  /**
   * Location of the key ring, such as `"europe-west3"` or `"global"`.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly region: string;
  /**
   * Name of the key ring.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly keyRing: string;
  /**
   * Name of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly cryptoKey: string;
  /**
   * Where the central Vault holds the key of a service account, as JSON.
   *
   * @default - the identity of the pods, see `serviceAccountAnnotations` of the deployment
   * @changes rolling restart by the hook
   */
  readonly credentials?: SecretRef;
}

/** Azure Key Vault; https://openbao.org/docs/configuration/seal/azurekeyvault */
export interface AzureKeyVaultSealProps extends KmsSealProps {
  /**
   * ID of the Microsoft Entra tenant.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly tenantId: string;
  /**
   * Name of the key vault.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly vaultName: string;
  /**
   * Name of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly keyName: string;
  /**
   * Where the central Vault holds the credentials of an application.
   *
   * @default - the managed identity of the pods
   * @changes rolling restart by the hook
   */
  readonly credentials?: {
    /**
     * Where the central Vault holds the ID of the application.
     *
     * @changes rolling restart by the hook
     */
    readonly clientId: SecretRef;
    /**
     * Where the central Vault holds the secret of the application.
     *
     * @changes rolling restart by the hook
     */
    readonly clientSecret: SecretRef;
  };
}

/** Alibaba Cloud KMS; https://openbao.org/docs/configuration/seal/alicloudkms */
export interface AliCloudKmsSealProps extends KmsSealProps {
  /**
   * Region of the key, such as `"eu-central-1"`.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly region: string;
  /**
   * ID of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly kmsKeyId: string;
  /**
   * Where the central Vault holds the credentials.
   *
   * @changes rolling restart by the hook
   */
  readonly credentials: {
    /**
     * Where the central Vault holds the access key ID.
     *
     * @changes rolling restart by the hook
     */
    readonly accessKey: SecretRef;
    /**
     * Where the central Vault holds the access key secret.
     *
     * @changes rolling restart by the hook
     */
    readonly secretKey: SecretRef;
  };
}

/** Oracle Cloud KMS, by the nodes' instance principal; https://openbao.org/docs/configuration/seal/ocikms */
export interface OciKmsSealProps extends KmsSealProps {
  /**
   * OCID of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly keyId: string;
  /**
   * URL of the key vault's endpoint for encryption.
   *
   * @changes rolling restart by the hook
   */
  readonly cryptoEndpoint: string;
  /**
   * URL of the key vault's endpoint for management.
   *
   * @changes rolling restart by the hook
   */
  readonly managementEndpoint: string;
}

/** A hardware security module with a PKCS#11 library, which the image or a volume must hold; https://openbao.org/docs/configuration/seal/pkcs11 */
export interface Pkcs11SealProps extends KmsSealProps {
  /**
   * Path of the library in the servers' container.
   *
   * @changes rolling restart by the hook
   */
  readonly library: string;
  /**
   * Label of the token.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly tokenLabel: string;
  /**
   * Label of the key.
   *
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly keyLabel: string;
  /**
   * Label of the HMAC key. Vault needs one with mechanisms that do not authenticate.
   *
   * @default - none
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly hmacKeyLabel?: string;
  /**
   * Mechanism of the encryption, such as `"CKM_AES_GCM"`.
   *
   * @default - the best mechanism of the module
   * @changes refused: the servers could not read their data; migrate to another seal with migrate-seal, and then to this
   */
  readonly mechanism?: string;
  /**
   * Where the central Vault holds the PIN.
   *
   * @changes rolling restart by the hook
   */
  readonly pin: SecretRef;
}

/** A key of 32 bytes that the servers read from a Secret; OpenBao only; https://openbao.org/docs/configuration/seal/static */
export interface StaticKeySealProps {
  /**
   * Permanent name of the key. Another key needs another ID.
   *
   * @changes rolling restart by the hook: name the former key in `previous`
   */
  readonly keyId: string;
  /**
   * Where the central Vault holds the key: 32 bytes, as base64.
   *
   * @changes rolling restart by the hook: name the former key in `previous`
   */
  readonly key: SecretRef;
  /**
   * The previous key, until all data are sealed with the new one.
   *
   * @default - none
   * @changes rolling restart by the hook: remove it only after every replica runs with the new key
   */
  readonly previous?: {
    /**
     * ID of the previous key.
     *
     * @changes rolling restart by the hook: remove it once every replica runs with the new key
     */
    readonly keyId: string;
    /**
     * Where the central Vault holds the previous key.
     *
     * @changes rolling restart by the hook: remove it once every replica runs with the new key
     */
    readonly key: SecretRef;
  };
}
