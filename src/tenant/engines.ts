import type { Construct } from "constructs";
import type { z } from "zod";
import { claimInPath } from "../policy/alias-accessors";
import type { IGrantee } from "../policy/grantee";
import { clouds } from "./sections/cloud-credentials";
import { databases } from "./sections/databases";
import type { EngineContext, Outputs, EngineSection, GrantSchemas, NeededEngine } from "./sections/engine";
import { keyValue } from "./sections/key-value";
import { pki } from "./sections/pki";
import { ssh } from "./sections/ssh";

/** The engines that a tenant file may describe, in the order in which they are created. */
const SECTIONS = [pki, ssh, databases, keyValue, clouds] as const;

type Sections = typeof SECTIONS;

/** What all sections add, merged. */
type Merged<List, Part extends "field" | "grants"> = List extends readonly [infer First, ...infer Rest]
  ? (First extends { readonly types?: infer Types } ? NonNullable<Types>[Part & keyof NonNullable<Types>] : never) &
      Merged<Rest, Part>
  : unknown;

/** The fields of an instance that describe engines. */
export type EngineFields = Merged<Sections, "field">;

/** The fields of a role that grant it the use of engines. */
export type EngineGrants = Merged<Sections, "grants">;

/** The engines of an instance, by their fields. */
export type Engines = { readonly [Section in Sections[number] as Section["field"]]?: ReturnType<Section["create"]> };

/** A section whose own types are forgotten, so that all can be treated alike. */
type AnySection = Omit<EngineSection<Grants, Grants, string, z.ZodType, unknown>, "types">;
type Grants = Readonly<Record<string, readonly string[] | undefined>>;
const ALL: readonly AnySection[] = SECTIONS;

/** An instance, as far as its engines are concerned. */
export type EngineSpecs = Readonly<Record<string, unknown>>;

/** Schemas of an instance's engines. */
export const engineSchemas = Object.fromEntries(ALL.map(({ field, schema }) => [field, schema.optional()])) as {
  readonly [Section in Sections[number] as Section["field"]]: z.ZodOptional<Section["schema"]>;
};

/** Schemas of what a role may be granted. */
export const grantSchemas = Object.assign({}, ...ALL.map(({ grants }) => grants)) as GrantSchemas<EngineGrants>;

/** Names of the fields of a role that grant something. */
export const GRANT_FIELDS: readonly string[] = Object.keys(grantSchemas);

/** Paths of all mounts of an instance's engines. */
export function mountsOf(instance: EngineSpecs): string[] {
  return present(instance).flatMap(({ section, spec }) => section.mounts(spec));
}

/** Engines of an instance that not every server has, with the fields that need them. */
export function enginesOf(instance: EngineSpecs): NeededEngine[] {
  return present(instance).flatMap(({ section, spec }) =>
    (section.engines?.(spec) ?? []).map(({ path, engine }) => ({ path: [section.field, ...path], engine })),
  );
}

/** Names of all policies that an instance's engines write. */
export function policiesOf(instance: EngineSpecs): string[] {
  return present(instance).flatMap(({ section, spec }) => section.policies?.(spec) ?? []);
}

/** Why a role cannot be granted an entry of one of its fields; undefined if it can. */
export function refuseGrant(instance: EngineSpecs, field: string, entry: string): string | undefined {
  const section = ALL.find(({ grants }) => field in grants);
  const claim = instance.product === "vault" ? claimInPath(entry) : undefined;
  return section?.refuse(instance[section.field], field, entry) ?? (claim && `"${entry}" ${claim}`);
}

/** Creates the engines of an instance below the scope. The keys of those that it does not have any more are kept. */
export function createEngines(scope: Construct, instance: EngineSpecs, context: EngineContext): Engines {
  if (context.deletionProtection !== false)
    for (const { field, forget } of ALL) if (instance[field] === undefined) forget?.(scope);
  return Object.fromEntries(
    present(instance).map(({ section, spec }) => [section.field, section.create(scope, spec, context)]),
  );
}

/** Grants a role everything that its fields list. */
export function grantEngines(engines: Engines, grantee: IGrantee, granted: EngineGrants): void {
  for (const { section, spec } of present(engines)) section.grant(spec, grantee, granted as Grants);
}

/** What people and hosts need to know of the engines, by names of outputs. */
export function outputsOf(engines: Engines): Outputs {
  const outputs = present(engines).flatMap(({ section, spec }) => Object.entries(section.outputs?.(spec) ?? {}));
  return Object.fromEntries(outputs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function present(values: EngineSpecs): { readonly section: AnySection; readonly spec: unknown }[] {
  return ALL.map((section) => ({ section, spec: values[section.field] })).filter(({ spec }) => spec !== undefined);
}
