import { fail } from "node:assert/strict";
import fc from "fast-check";
import type { Product } from "../../src/core/product";
import { Secret } from "../../src/core/secret";
import { Acl } from "../../src/policy/acl";
import { PolicyDocument } from "../../src/policy/policy-document";
import { hasCapability, type PolicyStatement } from "../../src/policy/statement";
import { resolveTemplates, type TemplateIdentity } from "../../src/policy/templates";
import type { VaultClient } from "../../src/vault/client";
import { pathPatterns, pathsNear, statementsOf } from "./random-policies";

/** Policies of the client, each of which every case overwrites. */
const POLICIES = ["differential-0", "differential-1", "differential-2"];

/** Paths that are asked at once. */
const PATHS = 100;

/** Metadata, some of which no template may put into a path. */
const CUSTOM_METADATA = { team: "a", "dashed-key_2": "ab", slash: "a/b", plus: "+", star: "a*" };

/** A server refuses empty values of an alias alone. */
const METADATA = { ...CUSTOM_METADATA, empty: "" };

const NOW = new Date();

/** A client of a real server that logged in by userpass: an entity with metadata, in a group with metadata. */
export interface DifferentialClient {
  readonly product: Product;
  readonly operator: VaultClient;
  readonly token: string;
  readonly identity: TemplateIdentity;
}

/** A path on which the evaluator and the server disagree. */
interface Difference {
  readonly path: string;
  readonly server: string;
  readonly evaluator: string;
  readonly policies: readonly string[];
}

/** Creates the client. @param operator A client with the root token. */
export async function differentialClient(operator: VaultClient, product: Product): Promise<DifferentialClient> {
  const data = async (method: "GET" | "POST", path: string, body?: object) => {
    const answer = (await operator.send(method, path, body === undefined ? {} : { body })).body;
    return (answer.data ?? {}) as Record<string, string>;
  };
  await data("POST", "sys/auth/differential", { type: "userpass" });
  const password = "differential";
  await data("POST", "auth/differential/users/alice", { password, token_no_default_policy: true });
  const mounts = (await operator.send("GET", "sys/auth")).body as Record<string, { accessor: string } | undefined>;
  const mountAccessor = mounts["differential/"]?.accessor ?? "";
  const entityBody = { name: "entity-alice", metadata: METADATA, policies: POLICIES };
  const { id = "" } = await data("POST", "identity/entity", entityBody);
  const aliasBody = {
    name: "alice",
    canonical_id: id,
    mount_accessor: mountAccessor,
    custom_metadata: CUSTOM_METADATA,
  };
  const { id: aliasId = "" } = await data("POST", "identity/entity-alias", aliasBody);
  const groupBody = { name: "devs", member_entity_ids: [id], metadata: METADATA };
  const { id: groupId = "" } = await data("POST", "identity/group", groupBody);
  const { body } = await operator.send("POST", "auth/differential/login/alice", { body: { password } });
  const alias = { mountAccessor, id: aliasId, name: "alice", metadata: {}, customMetadata: CUSTOM_METADATA };
  return {
    product,
    operator,
    token: (body.auth as { client_token: string }).client_token,
    identity: {
      entity: { id, name: "entity-alice", metadata: METADATA, aliases: [alias] },
      groups: [{ id: groupId, name: "devs", metadata: METADATA }],
    },
  };
}

/** Templates with a value, or without one, or with a value that no path of OpenBao may contain. */
function templatesOf({ entity, groups = [] }: TemplateIdentity, isBlocked: boolean): string[] {
  const keys = Object.entries(METADATA).filter(([, value]) => /[/*+]/.test(value) === isBlocked);
  const fields = [
    ...keys.map(([key]) => `metadata.${key}`),
    ...(isBlocked ? [] : ["id", "name", "metadata.none", "x"]),
  ];
  const alias = entity?.aliases?.[0]?.mountAccessor ?? "";
  const roots = [
    ...["identity.entity", `identity.entity.aliases.${alias}`, "identity.entity.aliases.none"],
    ...["identity.groups.names.devs", `identity.groups.ids.${groups[0]?.id ?? ""}`, "identity.groups.names.none"],
  ];
  const custom = keys.map(([key]) => `identity.entity.aliases.${alias}.custom_metadata.${key}`);
  return [...roots.flatMap((root) => fields.map((field) => `${root}.${field}`)), ...custom];
}

/** Statements of three policies, of which each fourth has a template, and paths that many of them match. */
function cases({
  identity,
  product,
}: DifferentialClient): fc.Arbitrary<{ policies: PolicyStatement[][]; paths: string[] }> {
  const templates = fc
    .oneof(
      { weight: 50, arbitrary: fc.constantFrom(...templatesOf(identity, false)) },
      // OpenBao refuses every request then, so that a case with it compares little.
      { weight: product === "openbao" ? 1 : 50, arbitrary: fc.constantFrom(...templatesOf(identity, true)) },
    )
    .chain((name) => fc.constantFrom(`{{${name}}}`, `{{ ${name} }}`));
  const templated = fc
    .tuple(pathPatterns, templates, fc.nat())
    .map(([pattern, template, index]) => {
      const segments = pattern.split("/");
      return segments.map((each, at) => (at === index % segments.length ? template + each : each)).join("/");
    })
    // A `+` that remains beside the value has no meaning, and "+*" is refused.
    .filter((pattern) => !pattern.includes("+*"));
  const patterns = fc.oneof({ weight: 3, arbitrary: pathPatterns }, { weight: 1, arbitrary: templated });
  const expirations = fc.constantFrom(undefined, undefined, undefined, "2020-01-01T00:00:00Z", "2120-01-01T00:00:00Z");
  const policy = fc
    .tuple(statementsOf(patterns, { maxLength: 5 }), fc.array(expirations, { minLength: 5, maxLength: 5 }))
    .map(([statements, times]) =>
      statements.map((each, index) => {
        const expiration = product === "vault" ? undefined : times[index];
        return { ...ofProduct(each, product), ...(expiration === undefined ? {} : { expiration }) };
      }),
    );
  return fc.tuple(policy, policy, policy).chain((policies) => {
    const resolved = resolveTemplates(policies.flat(), identity, product).map(({ path }) => path);
    const paths = pathsNear(resolved.length === 0 ? ["a"] : resolved);
    return fc.record({
      policies: fc.constant(policies),
      paths: fc.array(paths, { minLength: PATHS, maxLength: PATHS }),
    });
  });
}

/** Asks the server and the evaluator what the client may do, on as many pairs of policies and paths. */
export async function differences(
  client: DifferentialClient,
  { seed, pairs }: { readonly seed: number; readonly pairs: number },
): Promise<{ readonly asked: number; readonly allowed: number; readonly differences: Difference[] }> {
  const found: Difference[] = [];
  let asked = 0;
  let allowed = 0;
  const drawn = fc.sample(cases(client), { seed, numRuns: Math.ceil(pairs / PATHS) });
  for (const { policies, paths } of drawn) {
    const texts = policies.map(render);
    await Promise.all(POLICIES.map((name, index) => write(client.operator, name, texts[index] ?? "")));
    const answers = await capabilities(client, paths);
    const acl = new Acl(policies.flat(), { product: client.product, identity: client.identity, at: NOW });
    for (const path of paths) {
      const server = sorted(answers[path] ?? []);
      const evaluator = sorted(acl.capabilities(path));
      asked++;
      if (server !== "deny") allowed++;
      if (server !== evaluator) found.push({ path, server, evaluator, policies: texts });
    }
  }
  return { asked, allowed, differences: found };
}

/** Sends requests that read and list, each by what the evaluator says. @returns Those that the server answers otherwise. */
export async function refusedOtherwise(
  { operator, token, product }: DifferentialClient,
  { seed, cases: count }: { readonly seed: number; readonly cases: number },
): Promise<string[]> {
  const client = operator.withToken(new Secret(token));
  const below = pathPatterns.filter((path) => !/^\/|\/\//.test(path)).map((path) => `cubbyhole/${path}`);
  const arbitrary = statementsOf(below).chain((drawn) => {
    const statements = drawn.map((each) => ofProduct(each, product));
    const paths = pathsNear(statements.map(({ path }) => path)).filter(
      (path) => /^cubbyhole\/./.test(path) && !path.includes("//"),
    );
    return fc.record({ statements: fc.constant(statements), paths: fc.array(paths, { minLength: 20, maxLength: 20 }) });
  });
  const found: string[] = [];
  for (const { statements, paths } of fc.sample(arbitrary, { seed, numRuns: count })) {
    await Promise.all(POLICIES.map((name) => write(operator, name, render(statements))));
    const acl = new Acl(statements, { product });
    const ask = async (path: string, method: "GET" | "LIST"): Promise<void> => {
      const sent = path.split("/").map(encodeURIComponent).join("/");
      const { status } = await client.send(method, sent, { accept: [403, 404] });
      const isAllowed = method === "GET" ? acl.allows(path, "read") : acl.allows(path.replace(/\/?$/, "/"), "list");
      if ((status !== 403) !== isAllowed) found.push(`${method} ${path}: ${status}\n${render(statements)}`);
    };
    await Promise.all(paths.flatMap((path) => [ask(path, "GET"), ask(path, "LIST")]));
  }
  return found;
}

function ofProduct(statement: PolicyStatement, product: Product): PolicyStatement {
  return { ...statement, capabilities: statement.capabilities.filter((each) => hasCapability(product, each)) };
}

function render(statements: readonly PolicyStatement[]): string {
  const document = new PolicyDocument();
  for (const statement of statements) document.add(statement);
  return document.render();
}

async function write(operator: VaultClient, name: string, policy: string): Promise<void> {
  await operator.send("POST", `sys/policies/acl/${name}`, { body: { policy } });
}

async function capabilities({ operator, token }: DifferentialClient, paths: readonly string[]) {
  const request = { body: { token, paths }, accept: [403, 500] };
  const { status, body } = await operator.send("POST", "sys/capabilities", request);
  if (status === 500 && !JSON.stringify(body.errors).includes("invalid use of wildcards")) fail(JSON.stringify(body));
  // A value that no path may contain: the server refuses all requests of the client.
  if (status !== 200) return Object.fromEntries(paths.map((path) => [path, ["deny"]]));
  return body.data as Record<string, string[] | undefined>;
}

function sorted(capabilitiesFound: readonly string[]): string {
  return [...capabilitiesFound].sort().join(" ");
}
