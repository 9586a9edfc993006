import type { SecretRef } from "../../core/secret-ref";

/**
 * A plugin with a seal for OpenBao. From version 2.7 on, OpenBao has only `transit` and `static` built in. The image or a
 * volume must hold the plugin in the plugin folder; https://openbao.org/docs/configuration/seal/#plugins
 */
export interface KmsPlugin {
  /** Name of the program in the plugin folder. */
  readonly command: string;
  /** SHA-256 of the program, hexadecimal. */
  readonly sha256sum: string;
  /**
   * The plugin folder.
   *
   * @default "/openbao/plugins"
   */
  readonly directory?: string;
}

/** Optional properties of every seal by a key service. */
export interface KmsSealProps {
  /**
   * A plugin with the seal; only for OpenBao 2.7 and later.
   *
   * @default - the seal is built into the server
   */
  readonly plugin?: KmsPlugin;
}

/** AWS KMS; https://openbao.org/docs/configuration/seal/awskms */
export interface AwsKmsSealProps extends KmsSealProps {
  /** AWS region, such as `"eu-central-1"`. */
  readonly region: string;
  /** ID or ARN of the key. */
  readonly kmsKeyId: string;
  /**
   * URL of a VPC endpoint.
   *
   * @default - the endpoint of AWS
   */
  readonly endpoint?: string;
  /**
   * Where the central Vault holds the credentials.
   *
   * @default - the identity of the pods, see `serviceAccountAnnotations` of the deployment
   */
  readonly credentials?: {
    /** Where the central Vault holds the access key ID. */
    readonly accessKeyId: SecretRef;
    /** Where the central Vault holds the secret access key. */
    readonly secretAccessKey: SecretRef;
  };
}

/** Google Cloud KMS; https://openbao.org/docs/configuration/seal/gcpckms */
export interface GcpCloudKmsSealProps extends KmsSealProps {
  /** ID of the project. */
  readonly project: string;
  /** Location of the key ring, such as `"europe-west3"` or `"global"`. */
  readonly region: string;
  /** Name of the key ring. */
  readonly keyRing: string;
  /** Name of the key. */
  readonly cryptoKey: string;
  /**
   * Where the central Vault holds the key of a service account, as JSON.
   *
   * @default - the identity of the pods, see `serviceAccountAnnotations` of the deployment
   */
  readonly credentials?: SecretRef;
}

/** Azure Key Vault; https://openbao.org/docs/configuration/seal/azurekeyvault */
export interface AzureKeyVaultSealProps extends KmsSealProps {
  /** ID of the Microsoft Entra tenant. */
  readonly tenantId: string;
  /** Name of the key vault. */
  readonly vaultName: string;
  /** Name of the key. */
  readonly keyName: string;
  /**
   * Where the central Vault holds the credentials of an application.
   *
   * @default - the managed identity of the pods
   */
  readonly credentials?: {
    /** Where the central Vault holds the ID of the application. */
    readonly clientId: SecretRef;
    /** Where the central Vault holds the secret of the application. */
    readonly clientSecret: SecretRef;
  };
}

/** Alibaba Cloud KMS; https://openbao.org/docs/configuration/seal/alicloudkms */
export interface AliCloudKmsSealProps extends KmsSealProps {
  /** Region of the key, such as `"eu-central-1"`. */
  readonly region: string;
  /** ID of the key. */
  readonly kmsKeyId: string;
  /** Where the central Vault holds the credentials. */
  readonly credentials: {
    /** Where the central Vault holds the access key ID. */
    readonly accessKey: SecretRef;
    /** Where the central Vault holds the access key secret. */
    readonly secretKey: SecretRef;
  };
}

/** Oracle Cloud KMS, by the nodes' instance principal; https://openbao.org/docs/configuration/seal/ocikms */
export interface OciKmsSealProps extends KmsSealProps {
  /** OCID of the key. */
  readonly keyId: string;
  /** URL of the key vault's endpoint for encryption. */
  readonly cryptoEndpoint: string;
  /** URL of the key vault's endpoint for management. */
  readonly managementEndpoint: string;
}

/** A hardware security module with a PKCS#11 library, which the image or a volume must hold; https://openbao.org/docs/configuration/seal/pkcs11 */
export interface Pkcs11SealProps extends KmsSealProps {
  /** Path of the library in the servers' container. */
  readonly library: string;
  /** Label of the token. */
  readonly tokenLabel: string;
  /** Label of the key. */
  readonly keyLabel: string;
  /**
   * Label of the HMAC key. Vault needs one with mechanisms that do not authenticate.
   *
   * @default - none
   */
  readonly hmacKeyLabel?: string;
  /**
   * Mechanism of the encryption, such as `"CKM_AES_GCM"`.
   *
   * @default - the best mechanism of the module
   */
  readonly mechanism?: string;
  /** Where the central Vault holds the PIN. */
  readonly pin: SecretRef;
}

/** A key of 32 bytes that the servers read from a Secret; OpenBao only; https://openbao.org/docs/configuration/seal/static */
export interface StaticKeySealProps {
  /** Permanent name of the key. Another key needs another ID. */
  readonly keyId: string;
  /** Where the central Vault holds the key: 32 bytes, as base64. */
  readonly key: SecretRef;
  /**
   * The previous key, until all data are sealed with the new one.
   *
   * @default - none
   */
  readonly previous?: {
    /** ID of the previous key. */
    readonly keyId: string;
    /** Where the central Vault holds the previous key. */
    readonly key: SecretRef;
  };
}
