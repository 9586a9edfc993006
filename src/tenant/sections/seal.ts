import { z } from "zod";
import type { KeyShares } from "../../constructs/seal/key-shares";
import type {
  AliCloudKmsSealProps,
  AwsKmsSealProps,
  AzureKeyVaultSealProps,
  GcpCloudKmsSealProps,
  KmsPlugin,
  OciKmsSealProps,
  Pkcs11SealProps,
  StaticKeySealProps,
} from "../../constructs/seal/kms-seals";
import { Seal } from "../../constructs/seal/seal";
import type { TransitSealProps } from "../../constructs/seal/transit-seal";
import { count, name, only, parsedBy, text } from "../builders";
import { address, httpsUrl, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";

/** Unseal keys by Shamir's secret sharing; the hook keeps them in the central Vault. */
export interface ShamirSealSpec extends KeyShares {
  /**
   * Kind of the seal.
   *
   * @default "shamir"
   * @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then
   */
  readonly type?: "shamir";
  /**
   * The seal that the instance had before, until `tenant-vault migrate-seal` has completed.
   *
   * @default - none
   * @changes needs migrate-seal: it names the seal to migrate from; remove it afterwards
   */
  readonly former?: SealSpec;
}

/** A key in the transit engine of the central Vault. */
export interface TransitSealSpec extends KeyShares, InFile<TransitSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "transit";
}

/** A key in AWS KMS. */
export interface AwsKmsSealSpec extends KeyShares, InFile<AwsKmsSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "awskms";
}

/** A key in Google Cloud KMS. */
export interface GcpCloudKmsSealSpec extends KeyShares, InFile<GcpCloudKmsSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "gcpckms";
}

/** A key in Azure Key Vault. */
export interface AzureKeyVaultSealSpec extends KeyShares, InFile<AzureKeyVaultSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "azurekeyvault";
}

/** A key in Alibaba Cloud KMS. */
export interface AliCloudKmsSealSpec extends KeyShares, InFile<AliCloudKmsSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "alicloudkms";
}

/** A key in Oracle Cloud KMS. */
export interface OciKmsSealSpec extends KeyShares, InFile<OciKmsSealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "ocikms";
}

/** A key in a hardware security module. */
export interface Pkcs11SealSpec extends KeyShares, InFile<Pkcs11SealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "pkcs11";
}

/** A key that the servers read from a Secret; OpenBao only. */
export interface StaticKeySealSpec extends KeyShares, InFile<StaticKeySealProps> {
  /** @changes needs migrate-seal: the servers restart with another seal, and the hook fails with seal-differs until then */
  readonly type: "static";
}

/** What protects the data of an instance while it is not running. */
export type SealSpec =
  | ShamirSealSpec
  | TransitSealSpec
  | AwsKmsSealSpec
  | GcpCloudKmsSealSpec
  | AzureKeyVaultSealSpec
  | AliCloudKmsSealSpec
  | OciKmsSealSpec
  | Pkcs11SealSpec
  | StaticKeySealSpec;

const shares = {
  secretShares: count("a whole number from 1 to 255").optional(),
  secretThreshold: count("a whole number from 1 to secretShares").optional(),
};

const plugin = shape<KmsPlugin>()({
  command: name("openbao-plugin-kms-awskms"),
  sha256sum: text(/^[0-9a-f]{64}$/, "SHA-256", "64 hexadecimal digits"),
  directory: name("/openbao/plugins").optional(),
}).optional();

const region = name("eu-central-1");
const keyId = name("2026-11");
const staticKey = { keyId, key: secretRef };

const seals = z.discriminatedUnion("type", [
  parsedBy(
    shape<ShamirSealSpec>()({ type: only("shamir").optional(), former: z.lazy(() => seal).optional(), ...shares }),
    (spec) => Seal.shamir(spec),
  ),
  parsedBy(
    shape<TransitSealSpec>()({
      type: only("transit"),
      address: address.optional(),
      tlsServerName: name("vault.operator.example").optional(),
      ...shares,
    }),
    (spec) => Seal.transit(spec),
  ),
  parsedBy(
    shape<AwsKmsSealSpec>()({
      type: only("awskms"),
      region,
      kmsKeyId: name("alias/vault"),
      endpoint: httpsUrl.optional(),
      credentials: shape<NonNullable<AwsKmsSealSpec["credentials"]>>()({
        accessKeyId: secretRef,
        secretAccessKey: secretRef,
      }).optional(),
      plugin,
      ...shares,
    }),
    (spec) => Seal.awsKms(spec),
  ),
  parsedBy(
    shape<GcpCloudKmsSealSpec>()({
      type: only("gcpckms"),
      project: name("my-project"),
      region: name("europe-west3"),
      keyRing: name("vault"),
      cryptoKey: name("unseal"),
      credentials: secretRef.optional(),
      plugin,
      ...shares,
    }),
    (spec) => Seal.gcpCloudKms(spec),
  ),
  parsedBy(
    shape<AzureKeyVaultSealSpec>()({
      type: only("azurekeyvault"),
      tenantId: name("46646709-b63e-4747-be42-516edeaf1e14"),
      vaultName: name("vault-unseal"),
      keyName: name("unseal"),
      credentials: shape<NonNullable<AzureKeyVaultSealSpec["credentials"]>>()({
        clientId: secretRef,
        clientSecret: secretRef,
      }).optional(),
      plugin,
      ...shares,
    }),
    (spec) => Seal.azureKeyVault(spec),
  ),
  parsedBy(
    shape<AliCloudKmsSealSpec>()({
      type: only("alicloudkms"),
      region,
      kmsKeyId: name("08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73"),
      credentials: shape<AliCloudKmsSealSpec["credentials"]>()({ accessKey: secretRef, secretKey: secretRef }),
      plugin,
      ...shares,
    }),
    (spec) => Seal.aliCloudKms(spec),
  ),
  parsedBy(
    shape<OciKmsSealSpec>()({
      type: only("ocikms"),
      keyId: name("ocid1.key.oc1..."),
      cryptoEndpoint: httpsUrl,
      managementEndpoint: httpsUrl,
      plugin,
      ...shares,
    }),
    (spec) => Seal.ociKms(spec),
  ),
  parsedBy(
    shape<Pkcs11SealSpec>()({
      type: only("pkcs11"),
      library: name("/usr/lib/softhsm/libsofthsm2.so"),
      tokenLabel: name("vault"),
      keyLabel: name("unseal"),
      hmacKeyLabel: name("unseal-hmac").optional(),
      mechanism: name("CKM_AES_GCM").optional(),
      pin: secretRef,
      plugin,
      ...shares,
    }),
    (spec) => Seal.pkcs11(spec),
  ),
  parsedBy(
    shape<StaticKeySealSpec>()({
      type: only("static"),
      ...staticKey,
      previous: shape<NonNullable<StaticKeySealSpec["previous"]>>()(staticKey).optional(),
      ...shares,
    }),
    (spec) => Seal.staticKey(spec),
  ),
]);

/** The section of the seal. A seal that is not possible is a problem of its field. */
export const seal: z.ZodType<Seal, SealSpec> = seals.meta({ id: "seal" });
