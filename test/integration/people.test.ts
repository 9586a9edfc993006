import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InstanceSpec } from "../../src/tenant";
import { attempt } from "./support/attempts";
import { AUDIENCE, CALLBACK, PeopleBed, REDIRECT, type Login } from "./people/people-bed";
import { testGuide } from "./people/guide";
import { testAttempts } from "./people/attempts";
import { invite, PASSWORD, person, testUsers, unwrap } from "./people/users";

let people: PeopleBed;

function spec(): Partial<InstanceSpec> {
  const { issuer, bed } = people;
  const { certificate: caCertificate } = bed.authority;
  return {
    pki: {
      commonName: "Customer 10",
      roles: [{ name: "web", allowedDomains: ["acme.internal"], usage: "client", maxTtl: "1h" }],
    },
    keyValue: [{ mount: "kv" }],
    logins: {
      gitlab: { address: issuer.url, audience: AUDIENCE, caCertificate },
      github: { issuer: issuer.url, audience: AUDIENCE, caCertificate },
      kubernetes: { host: people.clusterUrl, caCertificate },
      certificate: {},
      oidc: {
        discoveryUrl: issuer.url,
        caCertificate,
        clientId: "vault",
        clientSecret: { mount: "operator", path: "oidc", field: "secret" },
        redirectUris: [REDIRECT, CALLBACK],
      },
    },
    people: {
      users: [
        { name: "alice", groups: ["developers"] },
        { name: "bob", groups: ["developers"], boundCidrs: ["192.0.2.1/32", "2001:db8::1/128"] },
        { name: "carol", groups: ["user-admins"] },
        { name: "dave", groups: ["security-admins"] },
        { name: "erin", groups: ["server-admins"] },
        { name: "frank", groups: ["emergency"] },
        { name: "grace", groups: ["server-admins"] },
        { name: "heidi", groups: ["developers"] },
        { name: "ivan", groups: ["developers"] },
      ],
    },
    selfService: { folder: "requests", limits: [{ gitlabProjects: [44], maxTtl: "1h", read: ["kv/shop"] }] },
    roles: [
      {
        name: "web",
        login: {
          gitlab: { projectId: 42, ref: "main" },
          github: { repository: "acme/shop", repositoryId: 7, branch: "main", environment: "production" },
          kubernetes: { namespace: "sample", serviceAccount: "web", audience: "https://kubernetes.default.svc" },
          certificate: "web.acme.internal",
          oidc: "developers",
          groups: ["developers"],
        },
        read: ["kv/web"],
        write: ["kv/people/{{identity.entity.id}}"],
      },
      { name: "batch", read: ["kv/batch"] },
      { name: "user-admin", duty: "users", login: { groups: ["user-admins"] } },
      { name: "security-admin", duty: "security", login: { groups: ["security-admins"] } },
      { name: "server-admin", duty: "servers", login: { groups: ["server-admins"] } },
      { name: "privileged-access", duty: "privileged-access", login: { groups: ["emergency"] } },
    ],
  };
}

beforeAll(async () => {
  people = await PeopleBed.start();
  const stack = await people.stack(spec());
  await people.project.apply(stack);
  expect(await people.project.isUnchanged(stack)).toBe(true);
  for (const path of ["web/db", "batch/db", "shop/web/db", "shop/other/db"])
    await people.root.send("POST", `kv/data/${path}`, { body: { data: { password: "x" } } });
});
afterAll(() => people.stop());

/** The token of the role `web` reads what is granted to the role, and nothing else. */
async function expectWeb({ client_token, policies }: Login): Promise<void> {
  expect(policies).toEqual(["default", "web"]);
  const client = people.client(client_token);
  expect(await attempt(client, "GET kv/data/web/db")).toBe(200);
  expect(await attempt(client, "GET kv/data/batch/db")).toBe(403);
}

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
    await expectWeb(await people.logIn("gitlab/login", { role: "web", jwt: people.issuer.token(JOB) }));
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
      await expectWeb(await people.logIn("github/login", { role: "web", jwt }));
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
    await expectWeb(await people.logIn("kubernetes/login", { role: "web", jwt: pod("sample", "web") }));
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

describe("certificates", () => {
  /** Logs in with a certificate of the tenant's own PKI. */
  async function logInWith(commonName: string): Promise<{ readonly status: number; readonly auth?: Login }> {
    const { body } = await people.root.send("POST", "pki/issue/web", { body: { common_name: commonName, ttl: "10m" } });
    const { certificate: cert, private_key: key } = body.data as { certificate: string; private_key: string };
    const { address } = people.bed.central.server;
    const ca = people.bed.authority.certificate;
    return new Promise((resolve, reject) => {
      const sent = request(`${address}/v1/auth/cert/login`, { method: "POST", ca, cert, key }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, ...(JSON.parse(text) as { auth?: Login }) });
        });
      });
      sent.on("error", reject).end(JSON.stringify({ name: "web" }));
    });
  }

  test("of the tenant's own PKI with the common name log in, and others are refused", async () => {
    const { auth } = await logInWith("web.acme.internal");
    await expectWeb(auth as Login);
    expect(await logInWith("other.acme.internal")).toMatchObject({ status: 400 });
  });
});

describe("people at another provider of identities", () => {
  test("log in if they are in the group, and others are refused", async () => {
    const { auth } = await people.logInByOidc("web", { sub: "1", groups: ["developers", "staff"] });
    await expectWeb(auth as Login);
    expect(await people.logInByOidc("web", { sub: "2", groups: ["staff"] })).toMatchObject({ status: 400 });
    expect(await people.logInByOidc("web", { sub: "3" })).toMatchObject({ status: 400 });
  });

  test("the secret of the client is in no file of Terraform", () => {
    const [state = ""] = people.files();
    expect(state).toContain("oidc_client_id");
    expect(state).not.toContain("secret-of-the-oidc-client");
  });
});

describe("the guide", () => testGuide(() => people));

describe("people who log in by password", () => testUsers(() => people));

describe("duties are separate", () => testAttempts(() => people));

test("a dropped user is refused at once, one who gets a duty starts again, and others keep their passwords", async () => {
  const alice = await person(people, "alice", "users");
  const carol = await person(people, "carol", "admins");
  const heidi = await person(people, "heidi", "users");
  const kept = await unwrap(people, await invite(people, "heidi", "users"));
  const { people: section, ...others } = spec();
  const users = (section?.users ?? [])
    .filter(({ name }) => name !== "alice")
    .map((user) => (user.name === "heidi" ? { ...user, groups: ["server-admins"] } : user));
  const stack = await people.stack({ ...others, people: { ...section, users, tokenTtl: "24h" } });
  await people.project.apply(stack);
  expect(await attempt(people.client(alice.client_token), "GET kv/data/web/db")).toBe(403);
  expect(await attempt(people.client(carol.client_token), "LIST auth/userpass/users")).toBe(200);
  await people.logIn("userpass/login/carol", { password: PASSWORD });
  expect(await people.refused("userpass/login/alice", { password: PASSWORD })).toContain("invalid username");
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
});
