import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Product } from "../../core/product";
import type { CentralVaultAccess } from "../../terraform/hook";

/** What a seal is made for. */
export interface SealContext {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Name of the Helm release; the Secrets of the seal begin with it. */
  readonly release: string;
  readonly namespace: string;
  /** Folder in which the servers find a Secret that is mounted. */
  secretFolder(secret: string): string;
  /** Whether the servers leave it, and need it to read what they have. @default false */
  readonly disabled?: boolean;
  /** Whether Terraform refuses to destroy a key without which the instance's data cannot be read any more. */
  readonly deletionProtection: boolean;
  readonly central: CentralVaultAccess;
  /** The provider of the central Vault. @default - none: only seals without secrets can be made */
  readonly centralProvider?: TerraformProvider;
}

/** A variable of the servers' environment that comes from a Secret. */
export interface SecretVariable {
  readonly name: string;
  readonly secret: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** Something that the servers connect to for their seal. */
export interface SealEgress {
  /** @default - anything, inside and outside the cluster */
  readonly cidr?: string;
  readonly port: number;
  readonly reason: string;
}

/** What the servers get for their seal; nothing in it is secret. */
export interface SealConfig {
  /** Stanzas of the configuration; none with Shamir. */
  readonly stanzas: readonly string[];
  readonly environment: readonly SecretVariable[];
  /** Secrets that are mounted. */
  readonly secrets: readonly string[];
  /** What the servers connect to, beyond each other. */
  readonly egress: readonly SealEgress[];
  /** A Secret that Terraform fills, and a number that changes with what is in it. @default - none */
  readonly credentials?: { readonly secret: ITerraformDependable; readonly revision: number };
  /** Secret that the hook puts a token for the central Vault into, and the token role that makes it. @default - none */
  readonly token?: { readonly secretName: string; readonly role: string };
}

/** The configuration of a seal that needs nothing. */
export const NO_SEAL_CONFIG: SealConfig = { stanzas: [], environment: [], secrets: [], egress: [] };

/** As the stanza of a seal says that it is left; https://openbao.org/docs/concepts/seal/#seal-migration */
export function disabledFlag({ disabled }: SealContext): string | undefined {
  return disabled === true ? "true" : undefined;
}
