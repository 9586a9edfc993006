import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { SealType } from "../../contract/instance";
import type { Product } from "../../core/product";
import type { ValueType } from "../../core/value-type";
import type { CentralVaultAccess } from "../../terraform/hook";

/** The instance that a seal protects. */
export interface SealContext {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Name of the Helm release; names of the seal's Secrets start with it. */
  readonly release: string;
  readonly namespace: string;
  /** Folder in which the servers find a mounted Secret. */
  secretFolder(secret: string): string;
  /** Whether the servers migrate away from this seal, and need it to read existing data. @default false */
  readonly disabled?: boolean;
  /** Whether Terraform refuses to destroy the key of the seal. */
  readonly deletionProtection: boolean;
  readonly central: CentralVaultAccess;
  /** The provider of the central Vault. @default - none: seals with secrets fail */
  readonly centralProvider?: TerraformProvider;
}

/** An environment variable of the servers whose value comes from a Secret. */
export interface SecretVariable {
  readonly name: string;
  readonly secret: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** A connection that the servers open for their seal. */
export interface SealEgress {
  /** Destination. @default - any, inside and outside the cluster */
  readonly cidr?: string;
  readonly port: number;
  readonly reason: string;
}

/** Settings of the servers for their seal. They contain no secret. */
export interface SealConfig {
  /** Configuration stanzas; empty with Shamir. */
  readonly stanzas: readonly string[];
  readonly environment: readonly SecretVariable[];
  /** Names of the Secrets to mount. */
  readonly secrets: readonly string[];
  /** Connections that the servers open, besides those between each other. */
  readonly egress: readonly SealEgress[];
  /**
   * What names the key, by the seal that uses it. The plan fails if it changes, because the servers could not read their data.
   *
   * @default - the seal may use another key
   */
  readonly key?: { readonly seal: SealType; readonly names: Readonly<Record<string, string>> };
  /** A Secret that Terraform fills, and a number that changes with its content. @default - none */
  readonly credentials?: { readonly secret: ITerraformDependable; readonly revision: number };
  /** Secret into which the hook writes a token of the central Vault, and the token role for it. @default - none */
  readonly token?: { readonly secretName: string; readonly role: string };
}

/**
 * What protects an instance's data while its servers are stopped. Implement it to add a seal of your own.
 *
 * @changes needs migrate-seal; another number of shares needs rotate-keys: the servers keep the keys that they have until then
 */
export interface ISeal {
  /** Type that the servers report in `sys/seal-status`. */
  readonly type: SealType;
  /** Number of unseal keys, or of recovery keys if the servers unseal themselves. */
  readonly secretShares: number;
  /** Number of those keys that are needed. */
  readonly secretThreshold: number;
  /** Whether the servers unseal themselves. */
  readonly unsealsItself: boolean;
  /**
   * Creates the resources of the seal below the scope.
   *
   * @throws ValidationError if the product does not support the seal.
   */
  bind(scope: Construct, context: SealContext): SealConfig;
}

/** A seal, for checks at run time. */
export const SEAL: ValueType = { name: "Seal", member: "unsealsItself", example: "Seal.shamir()" };

/** The configuration of a seal without settings. */
export const NO_SEAL_CONFIG: SealConfig = { stanzas: [], environment: [], secrets: [], egress: [] };

/** Value of `disabled` in a seal stanza, for a seal migration; https://openbao.org/docs/concepts/seal/#seal-migration */
export function disabledFlag({ disabled }: SealContext): string | undefined {
  return disabled === true ? "true" : undefined;
}
