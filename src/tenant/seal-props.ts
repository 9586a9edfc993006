import type { SecretLocation } from "../core/secret-ref";
import type {
  AliCloudKmsSealProps,
  AwsKmsSealProps,
  AzureKeyVaultSealProps,
  GcpCloudKmsSealProps,
  OciKmsSealProps,
  Pkcs11SealProps,
  StaticKeySealProps,
} from "../constructs/seal/kms-seals";
import type { KeyShares } from "../constructs/seal/key-shares";
import type { SecretRef } from "../core/secret-ref";

/** The same, with secrets named by where they are in the central Vault. */
type Described<Props> = {
  readonly [Key in keyof Props]: Props[Key] extends SecretRef | undefined
    ? SecretLocation | Extract<Props[Key], undefined>
    : Props[Key] extends object | undefined
      ? Described<Props[Key]>
      : Props[Key];
};

/** What protects an instance's data while it is not running. */
export type SealProps = KeyShares &
  (
    | {
        /** Unseal keys that the hook keeps in the central Vault. @default "shamir" */
        readonly type?: "shamir";
        /** The seal that it comes from, until `tenant-vault migrate-seal` is done. @default - none */
        readonly former?: SealProps;
      }
    | { readonly type: "transit" }
    | ({ readonly type: "awskms" } & Described<AwsKmsSealProps>)
    | ({ readonly type: "gcpckms" } & Described<GcpCloudKmsSealProps>)
    | ({ readonly type: "azurekeyvault" } & Described<AzureKeyVaultSealProps>)
    | ({ readonly type: "alicloudkms" } & Described<AliCloudKmsSealProps>)
    | ({ readonly type: "ocikms" } & Described<OciKmsSealProps>)
    | ({ readonly type: "pkcs11" } & Described<Pkcs11SealProps>)
    | ({ readonly type: "static" } & Described<StaticKeySealProps>)
  );
