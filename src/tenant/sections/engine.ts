import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { z } from "zod";
import type { IAppRoleLogin } from "../../constructs/login/app-role-login";
import type { IRootCa } from "../../constructs/tenant-pki/root-ca";
import type { ExternalPlugin, MissingEngine } from "../../constructs/server-config/external-plugin";
import type { CentralVaultAccess } from "../../terraform/hook";
import type { Product } from "../../core/product";
import type { IGrantee } from "../../policy/grantee";

/** The instance whose engines are created. */
export interface EngineContext {
  /** Name of the tenant. */
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  /** URL of the instance. */
  readonly address: string;
  /** Namespace of its engines. @default - the root namespace */
  readonly namespace?: string | undefined;
  readonly product: Product;
  /** External plugins of its servers. @default - none */
  readonly plugins?: readonly ExternalPlugin[] | undefined;
  /** The login of the tenant's programs. */
  readonly login: IAppRoleLogin;
  /** The authority that signs the tenant's intermediate. */
  readonly rootCa: IRootCa;
  /** The provider of the instance. */
  readonly provider: TerraformProvider;
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
  /** How hooks reach the central Vault. @default - engines that need one are refused */
  readonly central?: CentralVaultAccess | undefined;
  /** @default true */
  readonly deletionProtection?: boolean;
}

/** An engine that not every server has, and the path of the field that needs it. */
export interface NeededEngine {
  readonly path: readonly PropertyKey[];
  readonly engine: MissingEngine;
}

/** Values of outputs by their names. */
export type Outputs = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The same; an output without a value does not exist. */
export type EngineOutputs = Readonly<Record<string, Outputs[string] | undefined>>;

/**
 * A secrets engine as a section of the tenant file. A new engine is a construct, a file with its section, and an entry in
 * the list of `engines.ts`.
 *
 * @template Field The field that the section adds to an instance.
 * @template Grants The fields that it adds to a role.
 */
export interface EngineSection<Field, Grants, Name extends keyof Field, Schema extends z.ZodType, Engine> {
  readonly field: Name;
  readonly schema: Schema;
  /** Schemas of the fields that the section adds to a role. */
  readonly grants: GrantSchemas<Grants>;
  /** The types of both, for the compiler alone. @default - never given */
  readonly types?: { readonly field: Field; readonly grants: Grants };
  /** Paths of the engine's mounts. */
  mounts(spec: z.output<Schema>): readonly string[];
  /** Engines that not every server has, by the paths of the fields that need them. @default - none */
  engines?(spec: z.output<Schema>): readonly NeededEngine[];
  /** Names of the policies that the engine writes. @default - none */
  policies?(spec: z.output<Schema>): readonly string[];
  /** Why a role cannot be granted an entry of one of its fields; undefined if it can. */
  refuse(spec: z.output<Schema> | undefined, field: keyof Grants, entry: string): string | undefined;
  create(scope: Construct, spec: z.output<Schema>, context: EngineContext): Engine;
  /** Makes Terraform forget resources with keys of an engine that the file no longer describes. By default it destroys them. */
  forget?(scope: Construct): void;
  /** What people and hosts need to know of the engine, by names of outputs. It contains no secret. @default - nothing */
  outputs?(engine: Engine): EngineOutputs;
  /** Grants a role what its fields list. */
  grant(engine: Engine, grantee: IGrantee, granted: Grants): void;
}

/** Schemas of what a role may be granted: lists, each of which may be left out. */
export type GrantSchemas<Grants> = {
  readonly [Key in keyof Required<Grants>]: z.ZodOptional<
    z.ZodType<NonNullable<Grants[Key]>, NonNullable<Grants[Key]>>
  >;
};

/** Makes a section; the compiler checks its schemas against the fields that it adds. */
export function engine<Field, Grants>() {
  return <Name extends keyof Field, Schema extends z.ZodType<unknown, NonNullable<Field[Name]>>, Engine>(
    section: EngineSection<Field, Grants, Name, Schema, Engine>,
  ): typeof section => section;
}

/** The message about a name that is not among those that exist; undefined if it is. */
export function unknownName(name: string, known: readonly string[]): string | undefined {
  return known.includes(name)
    ? undefined
    : `"${name}" does not exist; define it, or use one of: ${known.join(", ") || "none"}`;
}
