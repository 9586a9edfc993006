import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { attributes, block, type HclValue } from "../../core/hcl";
import type { Product } from "../../core/product";
import type { SecretRef } from "../../core/secret-ref";
import type { SealType } from "../../contract/instance";
import type {
  AliCloudKmsSealProps,
  AwsKmsSealProps,
  AzureKeyVaultSealProps,
  GcpCloudKmsSealProps,
  KmsPlugin,
  OciKmsSealProps,
  Pkcs11SealProps,
  StaticKeySealProps,
} from "./kms-seals";
import {
  disabledFlag,
  NO_SEAL_CONFIG,
  type ISeal,
  type SealConfig,
  type SealContext,
  type SealEgress,
} from "./seal-config";
import { SealCredentials } from "./seal-credentials";
import { checkShares, type KeyShares } from "./key-shares";
import { keepFormerKey, TransitSeal, type TransitSealProps } from "./transit-seal";

/** Creates the resources of a seal below the scope. */
type SealFactory = (scope: Construct, context: SealContext) => SealConfig;

/**
 * What protects an instance's data while its servers are stopped. With Shamir's secret sharing, the hook stores the unseal keys in
 * the central Vault and sends them to the servers. With every other seal, the servers unseal themselves, and the hook stores
 * recovery keys instead.
 */
export class Seal implements ISeal {
  /**
   * Unseal keys that the hook stores in the central Vault.
   *
   * @param props `former` is the previous seal; remove it after `tenant-vault migrate-seal`.
   */
  static shamir(props: KeyShares & { readonly former?: ISeal } = {}): Seal {
    const { former } = props;
    return new Seal("shamir", props, (scope, context) => {
      if (former !== undefined) return former.bind(scope, { ...context, disabled: true });
      keepFormerKey(scope);
      return NO_SEAL_CONFIG;
    });
  }

  /** A key in the central Vault's transit engine. The servers use it with a token of their own. */
  static transit(props: TransitSealProps & KeyShares = {}): Seal {
    return new Seal("transit", props, (scope, context) => new TransitSeal(scope, "Seal", context, props).config);
  }

  /** A key in AWS KMS. */
  static awsKms(props: AwsKmsSealProps & KeyShares): Seal {
    const { region, kmsKeyId: kms_key_id, endpoint, credentials } = props;
    return new Seal(
      "awskms",
      props,
      keyService(
        "awskms",
        props.plugin,
        { region, kms_key_id, endpoint },
        credentials && {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      ),
    );
  }

  /** A key in Google Cloud KMS. */
  static gcpCloudKms(props: GcpCloudKmsSealProps & KeyShares): Seal {
    const { project, region, keyRing: key_ring, cryptoKey: crypto_key, credentials, plugin } = props;
    return new Seal("gcpckms", props, (scope, context) => {
      const files = credentials && new SealCredentials(scope, "Seal", context, { "credentials.json": credentials });
      const file = files && `${context.secretFolder(files.secretName)}/credentials.json`;
      return {
        ...NO_SEAL_CONFIG,
        stanzas: stanzas(context, "gcpckms", plugin, { project, region, key_ring, crypto_key, credentials: file }),
        key: { seal: "gcpckms", names: { project, region, key_ring, crypto_key } },
        ...files?.config,
        secrets: files === undefined ? [] : [files.secretName],
        egress: egress(credentials),
      };
    });
  }

  /** A key in Azure Key Vault. */
  static azureKeyVault(props: AzureKeyVaultSealProps & KeyShares): Seal {
    const { tenantId: tenant_id, vaultName: vault_name, keyName: key_name, credentials } = props;
    return new Seal(
      "azurekeyvault",
      props,
      keyService(
        "azurekeyvault",
        props.plugin,
        { tenant_id, vault_name, key_name },
        credentials && {
          AZURE_CLIENT_ID: credentials.clientId,
          AZURE_CLIENT_SECRET: credentials.clientSecret,
        },
      ),
    );
  }

  /** A key in Alibaba Cloud KMS. */
  static aliCloudKms(props: AliCloudKmsSealProps & KeyShares): Seal {
    const { region, kmsKeyId: kms_key_id, credentials } = props;
    return new Seal(
      "alicloudkms",
      props,
      keyService(
        "alicloudkms",
        props.plugin,
        { region, kms_key_id },
        {
          ALICLOUD_ACCESS_KEY: credentials.accessKey,
          ALICLOUD_SECRET_KEY: credentials.secretKey,
        },
      ),
    );
  }

  /** A key in Oracle Cloud KMS. */
  static ociKms(props: OciKmsSealProps & KeyShares): Seal {
    const { keyId: key_id, cryptoEndpoint: crypto_endpoint, managementEndpoint: management_endpoint } = props;
    const settings = { key_id, crypto_endpoint, management_endpoint, auth_type_api_key: "false" };
    return new Seal("ocikms", props, keyService("ocikms", props.plugin, settings));
  }

  /** A key in a hardware security module; Vault Enterprise, or OpenBao. */
  static pkcs11(props: Pkcs11SealProps & KeyShares): Seal {
    const { library: lib, tokenLabel: token_label, keyLabel: key_label, hmacKeyLabel, mechanism, pin, plugin } = props;
    return new Seal("pkcs11", props, (scope, context) => {
      const settings = { lib, token_label, key_label, hmac_key_label: hmacKeyLabel, mechanism };
      const variable = context.product === "vault" ? "VAULT_HSM_PIN" : "BAO_HSM_PIN";
      return { ...keyService("pkcs11", plugin, settings, { [variable]: pin })(scope, context), egress: [] };
    });
  }

  /** A key in a file on the servers; OpenBao only. */
  static staticKey(props: StaticKeySealProps & KeyShares): Seal {
    const { keyId, key, previous } = props;
    checkKeyIds(keyId, previous?.keyId);
    return new Seal(
      "static",
      props,
      (scope, context) => {
        const keys = { [keyId]: key, ...(previous && { [previous.keyId]: previous.key }) };
        const { secretName, config } = new SealCredentials(scope, "Seal", context, keys);
        const file = (id: string): string => `file://${context.secretFolder(secretName)}/${id}`;
        return {
          ...NO_SEAL_CONFIG,
          ...config,
          stanzas: stanzas(context, "static", undefined, {
            current_key_id: keyId,
            current_key: file(keyId),
            previous_key_id: previous?.keyId,
            previous_key: previous && file(previous.keyId),
          }),
          secrets: [secretName],
        };
      },
      ["openbao"],
    );
  }

  /** Number of unseal keys, or of recovery keys. */
  readonly secretShares: number;
  /** Number of those keys that are needed. */
  readonly secretThreshold: number;

  private constructor(
    readonly type: SealType,
    shares: KeyShares,
    private readonly create: SealFactory,
    private readonly products: readonly Product[] = ["vault", "openbao"],
  ) {
    const { secretShares, secretThreshold } = checkShares(shares);
    this.secretShares = secretShares;
    this.secretThreshold = secretThreshold;
    Object.freeze(this);
  }

  /** Whether the servers unseal themselves. */
  get unsealsItself(): boolean {
    return this.type !== "shamir";
  }

  /**
   * Creates the resources of the seal below the scope.
   *
   * @throws ValidationError if the product does not support the seal.
   */
  bind(scope: Construct, context: SealContext): SealConfig {
    if (!this.products.includes(context.product)) {
      throw new ValidationError(
        "seal-product",
        `The seal ${this.type} works with ${this.products.join(", ")} only, but the instance runs ${context.product}; choose another seal or product.`,
        scope,
      );
    }
    return this.create(scope, context);
  }
}

const KEY_SERVICE: SealEgress = { port: 443, reason: "the key service, which unseals" };

/** The metadata service, from which pods on AWS, Google, Azure and Oracle obtain their identity. */
const METADATA: SealEgress = {
  cidr: "169.254.169.254/32",
  port: 80,
  reason: "the cloud's metadata, which say who the servers are",
};

function egress(credentials: object | undefined): SealEgress[] {
  return credentials === undefined ? [KEY_SERVICE, METADATA] : [KEY_SERVICE];
}

type KeyServiceSettings = Readonly<Record<string, string | undefined>>;

/** A seal by a key service. The servers log in with environment variables, or with the identity of their pod. */
function keyService(
  type: SealType,
  plugin: KmsPlugin | undefined,
  settings: KeyServiceSettings,
  credentials?: Readonly<Record<string, SecretRef>>,
): SealFactory {
  return (scope, context) => {
    const filled = credentials && new SealCredentials(scope, "Seal", context, credentials);
    const secret = filled?.secretName;
    return {
      ...NO_SEAL_CONFIG,
      ...filled?.config,
      stanzas: stanzas(context, type, plugin, settings),
      key: { seal: type, names: keyNames(settings) },
      environment:
        secret === undefined ? [] : Object.keys(credentials ?? {}).map((name) => ({ name, secret, key: name })),
      egress: egress(credentials),
    };
  };
}

/** Settings that say how the servers reach the key service, and not which key they use. */
const ACCESS_SETTINGS = ["endpoint", "crypto_endpoint", "management_endpoint", "auth_type_api_key", "lib"];

function keyNames(settings: KeyServiceSettings): Record<string, string> {
  const names = Object.entries(settings).filter(([name]) => !ACCESS_SETTINGS.includes(name));
  return Object.fromEntries(names.map(([name, value]) => [name, value ?? ""]));
}

/** Key IDs are file names in the Secret. @throws ValidationError if one is not a valid name, or both are equal. */
function checkKeyIds(...ids: readonly (string | undefined)[]): void {
  const [current, previous] = ids;
  const wrong = ids.find((id) => id !== undefined && !/^[A-Za-z0-9._-]+$/.test(id));
  if (wrong === undefined && current !== previous) return;
  throw new ValidationError(
    "seal-key-id",
    `The keyId "${wrong ?? current}" of a static seal is not valid; use letters, digits, ".", "_" and "-", and an ID that differs from the previous one.`,
  );
}

/** Configuration stanzas of a seal. @throws ValidationError if the product does not support the plugin. */
function stanzas(
  context: SealContext,
  type: SealType,
  plugin: KmsPlugin | undefined,
  settings: Readonly<Record<string, HclValue | undefined>>,
): string[] {
  if (plugin !== undefined && context.product === "vault") {
    throw new ValidationError(
      "seal-product",
      `Vault has the seal ${type} built in and accepts no plugin for it; remove plugin, or use openbao.`,
    );
  }
  const { directory = "/openbao/plugins", command, sha256sum } = plugin ?? {};
  return [
    ...(plugin === undefined
      ? []
      : [
          ...attributes({ plugin_directory: directory }),
          block(`plugin "kms" "${type}"`, attributes({ command, sha256sum })),
        ]),
    block(`seal "${type}"`, attributes({ ...settings, disabled: disabledFlag(context) })),
  ];
}
