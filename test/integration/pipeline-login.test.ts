import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { TENANT_IDENTITIES, type TenantIdentity } from "../../src/contract/central-vault";
import { defineTenant } from "../../src/tenant/define-tenant";
import type { VaultClient } from "../../src/vault/client";
import { AccessStack } from "../../stacks/access-stack";
import { CentralStack } from "../../stacks/central-stack";
import type { Operator } from "../../stacks/operator";
import { localBackend } from "../../src";
import { attempt } from "./support/attempts";
import { TerraformProject } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";
import { TokenIssuer, type Claims } from "./support/token-issuer";

const TENANTS = ["customer10", "customer11"];
const AUDIENCE = "https://vault.operator.example:8200";
const LOGIN = "POST auth/pipeline/login";

let bed: TestBed;
let issuer: TokenIssuer;
let project: TerraformProject;

/** What the roles of a tenant require. The pipeline of `plan` runs for merge requests as well. */
function required(tenant: string): Record<TenantIdentity, Record<string, string>> {
  const protectedRef = { project_path: `operator/${tenant}`, ref_type: "branch", ref: "main", ref_protected: "true" };
  return {
    hook: protectedRef,
    deploy: { ...protectedRef, environment: `tenant/${tenant}` },
    plan: { project_path: `operator/${tenant}` },
  };
}

/** Claims of a job that deploys a tenant, which are enough for each of its roles. */
function job(tenant: string, changes: Record<string, Claims[string]> = {}): Claims {
  return { ...required(tenant).deploy, sub: `project_path:operator/${tenant}`, aud: AUDIENCE, ...changes };
}

beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  issuer = await TokenIssuer.start(bed.authority);
  const provider = await obtainVaultProvider(await obtainTerraform());
  project = new TerraformProject({ ...provider, VAULT_TOKEN: bed.central.rootToken });
  const operator: Operator = {
    central: {
      address: bed.central.server.address,
      caCertificateFile: bed.caFile,
      deletionProtection: false,
      pipeline: { issuer: issuer.url, jwksUrl: issuer.jwksUrl, jwksCaPem: bed.authority.certificate },
    },
    pipelineOf: (tenant) => ({ login: "pipeline", audiences: [AUDIENCE], claims: required(tenant) }),
    backend: localBackend(project.stateFolder),
  };
  const app = project.newApp();
  const central = new CentralStack(app, "central", operator);
  const access = TENANTS.map((name, index) => {
    const address = `https://127.0.0.1:${8200 + index}`;
    const deployment = { mode: "external", addresses: [address] } as const;
    const instances = [{ name: "main", product: "openbao", address, deployment } as const];
    return new AccessStack(app, `${name}-access`, operator, defineTenant({ name, instances }), []);
  });
  project.synthesize();
  for (const stack of [central, ...access]) {
    await project.apply(stack);
    expect(await project.isUnchanged(stack)).toBe(true);
  }
  for (const tenant of TENANTS)
    await bed.central.client.send("POST", `customers/data/${tenant}/main`, { body: { data: { note: "kept" } } });
});
afterAll(async () => {
  issuer.stop();
  project.remove();
  await bed.stop();
});

async function logIn(role: string, jwt: string): Promise<VaultClient> {
  const { body } = await bed.central.server.client().send("POST", "auth/pipeline/login", { body: { role, jwt } });
  return bed.central.server.client((body.auth as { client_token: string }).client_token);
}

/** Status of a login. */
function loginStatus(role: string, jwt: string): Promise<number> {
  return attempt(bed.central.server.client(), LOGIN, { role, jwt });
}

describe("a job with the right claims", () => {
  test.each(TENANT_IDENTITIES)("logs in as %s and gets its policy", async (identity) => {
    const client = await logIn(`customer10-${identity}`, issuer.token(job("customer10")));
    const { body } = await client.send("GET", "auth/token/lookup-self");
    expect(body.data).toMatchObject({
      policies: expect.arrayContaining([`tenant-vault-customer10-${identity}`]) as string[],
      creation_ttl: identity === "deploy" ? 14_400 : 3_600,
      path: "auth/pipeline/login",
    });
    expect(issuer.requests).toBeGreaterThan(0);
  });

  test("reads the records of its tenant and of no other", async () => {
    const client = await logIn("customer10-deploy", issuer.token(job("customer10")));
    expect(await attempt(client, "GET customers/data/customer10/main")).toBe(200);
    expect(await attempt(client, "GET customers/data/customer11/main")).toBe(403);
    expect(await attempt(client, "PUT sys/policies/acl/mine", { policy: "" })).toBe(403);
  });

  test("of a merge request logs in as plan alone, which reads no record", async () => {
    const jwt = issuer.token(job("customer10", { ref: "feature", ref_protected: "false", environment: "" }));
    expect(await attempt(await logIn("customer10-plan", jwt), "GET customers/data/customer10/main")).toBe(403);
    expect(await loginStatus("customer10-hook", jwt)).toBe(400);
    expect(await loginStatus("customer10-deploy", jwt)).toBe(400);
  });
});

const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const past = (): number => Math.floor(Date.now() / 1000) - 3_600;
const REFUSED: [string, string, () => string][] = [
  [
    "of another repository",
    'claim "project_path" does not match',
    () => issuer.token(job("customer10", { project_path: "operator/other" })),
  ],
  [
    "of a repository whose name only begins the same",
    'claim "project_path" does not match',
    () => issuer.token(job("customer10", { project_path: "operator/customer10-fork" })),
  ],
  ["of another branch", 'claim "ref" does not match', () => issuer.token(job("customer10", { ref: "feature" }))],
  [
    "of a branch that is not protected",
    'claim "ref_protected" does not match',
    () => issuer.token(job("customer10", { ref_protected: "false" })),
  ],
  [
    "of a tag with the name of the branch",
    'claim "ref_type" does not match',
    () => issuer.token(job("customer10", { ref_type: "tag" })),
  ],
  [
    "of another environment",
    'claim "environment" does not match',
    () => issuer.token(job("customer10", { environment: "tenant/customer11" })),
  ],
  [
    "without the environment",
    'claim "environment" is missing',
    () => issuer.token({ ...required("customer10").hook, sub: "x", aud: AUDIENCE }),
  ],
  ["for another audience", "invalid audience", () => issuer.token(job("customer10", { aud: "https://other.example" }))],
  ["for no audience", "invalid audience", () => issuer.token({ ...required("customer10").deploy, sub: "x" })],
  [
    "that has expired",
    "token is expired",
    () => issuer.token(job("customer10", { iat: past(), nbf: past(), exp: past() + 300 })),
  ],
  ["that is not valid yet", "token not yet valid", () => issuer.token(job("customer10", { nbf: past() + 7_200 }))],
  ["of another issuer", "invalid issuer", () => issuer.token(job("customer10", { iss: "https://gitlab.example" }))],
  ["signed with another key", "failed to verify id token signature", () => issuer.token(job("customer10"), stranger)],
  ["that nobody signed", 'unexpected signature algorithm "none"', () => issuer.unsigned(job("customer10"))],
  [
    "signed with the public key as a shared secret",
    'unexpected signature algorithm "HS256"',
    () => issuer.confused(job("customer10")),
  ],
  [
    "whose claims were changed after signing",
    "failed to verify id token signature",
    () => issuer.altered(job("customer11"), job("customer10")),
  ],
  ["of the other tenant", "does not match any associated bound claim values", () => issuer.token(job("customer11"))],
  ["that is no token", "malformed jwt", () => "not-a-token"],
];
test.each(REFUSED)("a token %s is refused at the role of deploy: %s", async (_case, reason, token) => {
  const body = { role: "customer10-deploy", jwt: token() };
  const { status, body: answer } = await bed.central.server
    .client()
    .send("POST", "auth/pipeline/login", { body, accept: [400] });
  expect(status).toBe(400);
  expect(JSON.stringify(answer.errors)).toContain(JSON.stringify(reason).slice(1, -1));
});

test.each(TENANT_IDENTITIES)("a token of one tenant is refused at the role %s of another", async (identity) => {
  for (const [own, other] of [TENANTS, [...TENANTS].reverse()] as [string, string][]) {
    const jwt = issuer.token(job(own));
    expect(await loginStatus(`${other}-${identity}`, jwt)).toBe(400);
    expect(await loginStatus(`${own}-${identity}`, jwt)).toBe(200);
  }
});

test.each(["", "default", "customer10", "watch"])('the login has no role "%s"', async (role) => {
  expect(await loginStatus(role, issuer.token(job("customer10")))).toBe(400);
});
