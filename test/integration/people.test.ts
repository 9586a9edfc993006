import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesWith } from "../../lab/secret-search";
import type { LayerStack } from "../../src";
import { attempt } from "./support/attempts";
import { proveDrift } from "./support/changed-by-hand";
import { AUDIENCE, PeopleBed, type Login } from "./people/people-bed";
import { testGuide } from "./people/guide";
import { testDirectory } from "./people/directory";
import { testAdoption } from "./people/adoption";
import { testAttempts } from "./people/attempts";
import { expectWeb, testCertificates } from "./people/certificates";
import { testExternalGroups } from "./people/external-groups";
import { instanceSpec } from "./people/instance-spec";
import { testMfa } from "./people/mfa";
import { testSecretIds } from "./people/secret-ids";
import { testTokenRoles } from "./people/token-roles";
import { invite, PASSWORD, person, testUsers, unwrap } from "./people/users";

let people: PeopleBed;
let deployed: LayerStack;

beforeAll(async () => {
  people = await PeopleBed.start();
  deployed = await people.stack(instanceSpec(people));
  await people.project.apply(deployed);
  expect(await people.project.isUnchanged(deployed)).toBe(true);
  for (const path of ["web/db", "batch/db", "shop/web/db", "shop/other/db", "sample/node-api", "sample/python-api"])
    await people.root.send("POST", `kv/data/${path}`, { body: { data: { password: "x" } } });
});
afterAll(() => people.stop());

describe("jobs of GitLab", () => {
  const JOB = {
    sub: "project_path:acme/shop:ref_type:branch:ref:main",
    aud: AUDIENCE,
    project_id: "42",
    namespace_id: "7",
    ref: "main",
    ref_type: "branch",
    ref_protected: "true",
  };

  test("of the project and its protected branch log in", async () => {
    await expectWeb(people, await people.logIn("gitlab/login", { role: "web", jwt: people.issuer.token(JOB) }));
  });

  test("write what their claims name, and nothing else", async () => {
    const claims = (project_path: string) => ({ ...JOB, sub: project_path, project_path });
    const jwt = people.issuer.token(claims("acme.shop"));
    const client = people.client((await people.logIn("gitlab/login", { role: "web", jwt })).client_token);
    const body = { data: { note: "of the project" } };
    expect(await attempt(client, "POST kv/data/projects/acme.shop/note", body)).toBe(200);
    for (const other of ["acme.other/note", "note", "acme.shopping/note"])
      expect(await attempt(client, `POST kv/data/projects/${other}`, body)).toBe(403);
    // What a claim says must not widen the path.
    for (const wide of ["*", "+", "acme/*"]) {
      const wider = people.issuer.token(claims(wide));
      const { client_token } = await people.logIn("gitlab/login", { role: "web", jwt: wider });
      // The server refuses every request of such a client.
      expect(await attempt(people.client(client_token), "POST kv/data/projects/acme.shop/note", body)).toBe(400);
    }
  });

  test.each([
    ["a fork", { project_id: "43" }, 'claim \\"project_id\\" does not match'],
    ["a tag", { ref_type: "tag" }, 'claim \\"ref_type\\" does not match'],
    ["an unprotected branch", { ref_protected: "false" }, 'claim \\"ref_protected\\" does not match'],
    ["another branch", { ref: "feature" }, 'claim \\"ref\\" does not match'],
    ["another audience", { aud: "https://other.example" }, "invalid audience"],
    ["another issuer", { iss: "https://gitlab.example" }, "invalid issuer"],
  ])("of %s are refused", async (_case, changes, reason) => {
    const jwt = people.issuer.token({ ...JOB, ...changes });
    expect(await people.refused("gitlab/login", { role: "web", jwt })).toContain(reason);
  });
});

describe("jobs of a project that requested access", () => {
  const job = (project: string): string =>
    people.issuer.token({
      sub: "a",
      aud: AUDIENCE,
      project_id: project,
      ref: "main",
      ref_type: "branch",
      ref_protected: "true",
    });

  test("log in for the time that was requested, read what was requested, and nothing else", async () => {
    const login = await people.logIn("gitlab/login", { role: "request-shop-web", jwt: job("44") });
    expect(login).toMatchObject({ policies: ["default", "request-shop-web"], lease_duration: 1800 });
    const client = people.client(login.client_token);
    expect(await attempt(client, "GET kv/data/shop/web/db")).toBe(200);
    for (const refused of ["GET kv/data/shop/other/db", "GET kv/data/web/db", "POST kv/data/shop/web/db"])
      expect(await attempt(client, refused)).toBe(403);
    const refusal = await people.refused("gitlab/login", { role: "request-shop-web", jwt: job("42") });
    expect(refusal).toContain('claim \\"project_id\\" does not match');
  });
});

describe("jobs of GitHub", () => {
  const JOB = {
    sub: "repo:acme/shop:environment:production",
    aud: AUDIENCE,
    repository: "acme/shop",
    repository_id: "7",
    ref: "refs/heads/main",
    event_name: "push",
    environment: "production",
  };

  test.each(["push", "workflow_dispatch", "schedule"])(
    "of the repository, branch and environment log in for %s",
    async (event) => {
      const jwt = people.issuer.token({ ...JOB, event_name: event });
      await expectWeb(people, await people.logIn("github/login", { role: "web", jwt }));
    },
  );

  test.each([
    ["a fork", { repository: "stranger/shop" }, "repository"],
    ["a pull request", { ref: "refs/pull/7/merge" }, "ref"],
    ["another environment", { environment: "test" }, "environment"],
    ["another repository of the same name", { repository_id: "8" }, "repository_id"],
    [
      "a pull request of a fork that runs with the ref of the branch",
      { event_name: "pull_request_target" },
      "event_name",
    ],
    ["several events in one", { event_name: "push,workflow_dispatch,schedule" }, "event_name"],
  ])("of %s are refused", async (_case, changes, claim) => {
    const jwt = people.issuer.token({ ...JOB, ...changes });
    expect(await people.refused("github/login", { role: "web", jwt })).toContain(`claim \\"${claim}\\" does not match`);
  });
});

describe("pods", () => {
  const pod = (namespace: string, name: string, audience = "https://kubernetes.default.svc"): string =>
    people.issuer.token({
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: [audience],
      "kubernetes.io": { namespace, serviceaccount: { name, uid: "1" } },
    });

  test("of the service account log in; no token that reviews others is stored", async () => {
    await expectWeb(people, await people.logIn("kubernetes/login", { role: "web", jwt: pod("sample", "web") }));
    const { body } = await people.root.send("GET", "auth/kubernetes/config");
    expect(body.data).toMatchObject({ token_reviewer_jwt_set: false, disable_local_ca_jwt: true });
  });

  test.each([
    ["other", "web"],
    ["sample", "default"],
  ])("of %s/%s are refused", async (namespace, name) => {
    expect(await people.refused("kubernetes/login", { role: "web", jwt: pod(namespace, name) })).toMatch(
      /not authorized/,
    );
  });

  test("with a token for another service are refused", async () => {
    const jwt = pod("sample", "web", "https://other.example");
    expect(await people.refused("kubernetes/login", { role: "web", jwt })).toMatch(/audience/);
  });
});

describe("the pods of a workload", () => {
  test("get its secrets and no others, with a token that is valid as long as it is renewed", async () => {
    const jwt = people.issuer.token({
      sub: "system:serviceaccount:sample:node-api",
      aud: ["https://kubernetes.default.svc"],
      "kubernetes.io": { namespace: "sample", serviceaccount: { name: "node-api", uid: "1" } },
    });
    const { client_token } = await people.logIn("kubernetes/login", { role: "sample-node-api", jwt });
    const client = people.client(client_token);
    expect((await client.send("GET", "auth/token/lookup-self")).body.data).toMatchObject({ period: 3600 });
    expect(await attempt(client, "GET kv/data/sample/node-api")).toBe(200);
    expect(await attempt(client, "GET kv/data/sample/python-api")).toBe(403);
    const issue = async (more: object): Promise<number> => {
      const body = { common_name: "api.acme.internal", ttl: "1h", ...more };
      return (await client.send("POST", "pki/issue/web", { body, accept: [403] })).status;
    };
    expect(await issue({})).toBe(200);
    expect(await issue({ not_after: "2027-12-31T23:59:59Z" })).toBe(403);
    expect(await attempt(client, "POST pki/sign/web")).toBe(403);
  });
});

describe("certificates", () => testCertificates(() => people));

describe("people at another provider of identities", () => {
  test("log in if they are in the group, and others are refused", async () => {
    const { auth } = await people.logInByOidc("web", { sub: "1", groups: ["developers", "staff"] });
    await expectWeb(people, auth as Login);
    expect(await people.logInByOidc("web", { sub: "2", groups: ["staff"] })).toMatchObject({ status: 400 });
    expect(await people.logInByOidc("web", { sub: "3" })).toMatchObject({ status: 400 });
  });

  test("the secret of the client is in no file of Terraform", () => {
    const { state } = people;
    expect(state).toContain("oidc_client_id");
    expect(state).not.toContain("secret-of-the-oidc-client");
  });
});

describe("the guide", () => testGuide(() => people));
describe("people in groups of that provider", () => testExternalGroups(() => people));

describe("people in a directory", () => testDirectory(() => people));

describe("people who log in by password", () => testUsers(() => people));

describe("people who need a second factor", () => testMfa(() => people));

test("the login page learns of the logins of people, and not of those of programs", async () => {
  const { body } = await people.client().send("GET", "sys/internal/ui/mounts");
  const { auth } = body.data as { auth: Record<string, { type: string }> };
  expect(Object.entries(auth).map(([path, { type }]) => [path, type])).toEqual([
    ["oidc/", "oidc"],
    ["userpass/", "userpass"],
  ]);
});

test("wrong secret IDs lock a role ID out, until the time is over", async () => {
  const role = "auth/approle/role/worker";
  const { role_id } = (await people.root.send("GET", `${role}/role-id`)).body.data as { role_id: string };
  const { secret_id } = (await people.root.send("POST", `${role}/secret-id`)).body.data as { secret_id: string };
  const refused = (secret: string): Promise<string> => people.refused("approle/login", { role_id, secret_id: secret });
  for (let failure = 0; failure < 2; failure++) expect(await refused("wrong")).toContain("invalid");
  expect(await refused(secret_id)).toContain("permission denied");
  await sleep(2_500);
  expect(await people.logIn("approle/login", { role_id, secret_id })).toMatchObject({
    policies: ["default", "worker"],
  });
});

describe("secret IDs", () => testSecretIds(() => people));

describe("token roles", () => testTokenRoles(() => people));

test("logins as a role above its limit get 429, and those as other roles do not", async () => {
  const { body } = await people.root.send("GET", "auth/approle/role/batch/role-id");
  const { role_id } = body.data as { role_id: string };
  const logIn = async (id: string): Promise<number> => {
    const credentials = { role_id: id, secret_id: "wrong" };
    const accept = [400, 429];
    return (await people.client().send("POST", "auth/approle/login", { body: credentials, accept })).status;
  };
  expect([await logIn(role_id), await logIn(role_id), await logIn(role_id)]).toEqual([400, 400, 429]);
  expect(await logIn("another")).toBe(400);
});

describe("duties are separate", () => testAttempts(() => people));

test("what somebody changes by hand is in the plan, and is put back", async () => {
  const types = [
    "vault_cert_auth_backend_role",
    "vault_identity_entity",
    "vault_identity_group",
    "vault_jwt_auth_backend",
    "vault_kubernetes_auth_backend_role",
    "vault_quota_rate_limit",
    "vault_token_auth_backend_role",
  ];
  const seen = await proveDrift(
    people.project,
    [deployed],
    people.root,
    ({ type, address }) => types.includes(type) && !address.includes("directory"),
  );
  expect(seen).toEqual(types);
});

test("another state adopts what exists by import blocks, and replaces nothing", () => testAdoption(people, deployed));

test("dropped users are refused at once, and have no account; one who gets a duty starts again, and others keep their passwords", async () => {
  const alice = await person(people, "alice", "users");
  const carol = await person(people, "carol", "admins");
  const heidi = await person(people, "heidi", "users");
  const kept = await unwrap(people, await invite(people, "heidi", "users"));
  const { people: section, ...others } = instanceSpec(people);
  const users = (section?.users ?? [])
    .filter(({ name }) => !["alice", "leo"].includes(name))
    .map((user) => (user.name === "heidi" ? { ...user, groups: ["server-admins"] } : user));
  const stack = await people.stack({ ...others, people: { ...section, users, tokenMaxTtl: "24h" } });
  await people.project.apply(stack);
  expect(await attempt(people.client(alice.client_token), "GET kv/data/web/db")).toBe(403);
  expect(await attempt(people.client(carol.client_token), "LIST auth/userpass/users")).toBe(200);
  await people.logIn("userpass/login/carol", { password: PASSWORD });
  expect(await people.refused("userpass/login/alice", { password: PASSWORD })).toContain("invalid username");
  // The admin of users removed the second one before.
  for (const gone of ["auth/userpass/users/alice", "auth/userpass/users/leo", "identity/entity/name/user-leo"])
    expect(await attempt(people.root, `GET ${gone}`)).toBe(404);
  // Heidi has a duty now. The admin who handed her first login over cannot log in as her.
  expect(await attempt(people.client(heidi.client_token), "GET sys/storage/raft/configuration")).toBe(403);
  expect(await people.refused("userpass/login/heidi", { password: PASSWORD })).toContain("invalid username");
  const password = { password: PASSWORD };
  expect(await attempt(people.client(kept), "POST auth/userpass/users/heidi/password", password)).toBe(403);
  const admin = await person(people, "heidi", "admins");
  expect(admin).toMatchObject({ lease_duration: 3600, num_uses: 0, identity_policies: ["server-admin"] });
  const own = people.client(admin.client_token);
  expect(await attempt(own, "GET sys/storage/raft/configuration")).toBe(200);
  const { body } = await own.send("GET", "auth/token/lookup-self");
  expect(body.data).toMatchObject({ explicit_max_ttl: 8 * 3600 });
  expect(body.data).not.toHaveProperty("period");
  expect(await people.project.isUnchanged(stack)).toBe(true);
  deployed = stack;
});

/** Does something for each, several at a time. */
async function each<Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>): Promise<void> {
  const rest = items.map((item, index) => [item, index] as const);
  const worker = async (): Promise<void> => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) await work(...next);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

test("one policy serves a thousand users, of whom none reads what another one has", async () => {
  const { root, issuer } = people;
  // Batch tokens are not stored. A login makes the entity.
  const role = {
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: [AUDIENCE],
    token_type: "batch",
    token_policies: ["web"],
  };
  await root.send("POST", "auth/gitlab/role/thousand", { body: role });
  const logins = new Map<string, string>();
  await each(Array.from({ length: 1000 }), async (_item, index) => {
    const jwt = issuer.token({ sub: `user-${index}`, aud: AUDIENCE });
    const { body } = await root.send("POST", "auth/gitlab/login", { body: { role: "thousand", jwt } });
    const { entity_id, client_token } = body.auth as Login;
    logins.set(entity_id, client_token);
  });
  const users = [...logins];
  expect(users).toHaveLength(1000);
  await each(users, async ([own, token], index) => {
    const others = [1, 9, 10, 111, 500, 999].map((step) => users[(index + step) % users.length]?.[0] ?? "");
    const paths = [own, ...others].map((entity) => `kv/data/people/${entity}/note`);
    const { body } = await root.send("POST", "sys/capabilities", { body: { token, paths } });
    const rights = paths.map((path) => (body.data as Record<string, string[]>)[path]);
    expect(rights[0]).toContain("read");
    expect(rights.slice(1)).toEqual(others.map(() => ["deny"]));
  });
  for (const index of [0, 1, 250, 499, 750, 999]) {
    const [[own = "", token = ""] = [], [other = ""] = []] = [users[index], users[(index + 1) % users.length]];
    const client = people.client(token);
    const body = { data: { note: own } };
    expect(await attempt(client, `POST kv/data/people/${own}/note`, body)).toBe(200);
    const read = await client.send("GET", `kv/data/people/${own}/note`);
    expect(read.body.data).toMatchObject({ data: { note: own } });
    for (const request of ["GET", "POST", "DELETE"])
      expect(await attempt(client, `${request} kv/data/people/${other}/note`, body)).toBe(403);
  }
});

test("no token, wrapping, password, second factor or secret ID is in any file of Terraform, or in a log", async () => {
  const { secrets } = people;
  secrets.add(PASSWORD);
  expect(secrets.size).toBeGreaterThan(50);
  const texts = await people.texts(deployed);
  expect(filesWith(texts, secrets)).toEqual([]);
  // What is written down in clear is found.
  expect(filesWith(texts, ["192.0.2.0/24"])).not.toEqual([]);
});
