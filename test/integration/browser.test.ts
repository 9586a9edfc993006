import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrowserBed, DEPLOYMENT, passwordOf } from "./browser/browser-bed";
import { deploymentWith, startRendered } from "./browser/rendered-instance";
import { PASSWORD, person } from "./people/users";
import { attempt } from "./support/attempts";

const PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd test";

/** Pages for those who administer the instance, and what a user finds there. */
const ADMIN_PAGES = [
  ["policies/acl", "permission denied"],
  ["access", "permission denied"],
  ["access/identity/entities", "permission denied"],
  ["access/identity/groups", "permission denied"],
  ["storage/raft", "permission denied"],
  ["settings/seal", "does not have sufficient capabilities to seal"],
] as const;

const UNREADABLE = "You do not have permission to read this secret.";

let bed: BrowserBed;

beforeAll(async () => {
  bed = await BrowserBed.start();
  const { people } = bed;
  const stack = await people.stack({
    deployment: DEPLOYMENT,
    pki: { commonName: "Customer 10", roles: [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" }] },
    ssh: { roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" }] },
    keyValue: [{ mount: "kv" }],
    logins: { oidc: bed.oidc },
    people: {
      users: [
        { name: "alice", groups: ["developers"] },
        { name: "carol", groups: ["user-admins"] },
      ],
    },
    roles: [
      {
        name: "developer",
        login: { groups: ["developers"], oidc: "developers" },
        certificates: ["web"],
        ssh: ["ops"],
        read: ["kv/web"],
      },
      { name: "reader", login: { oidcGroups: ["readers", "/acme/staff"] }, read: ["kv/web"] },
      { name: "reports", login: { oidcGroups: ["/acme/reports"] }, read: ["kv/batch"] },
      { name: "user-admin", duty: "users", login: { groups: ["user-admins"] } },
    ],
  });
  await people.project.apply(stack);
  for (const path of ["web/db", "batch/db"])
    await people.root.send("POST", `kv/data/${path}`, { body: { data: { password: `secret of ${path}` } } });
  await person(people, "alice", "users");
  await person(people, "carol", "admins");
});
afterAll(() => bed.stop());

/** Somebody's page after a login by password. */
async function logIn(user: string): Promise<Page> {
  const page = await bed.open();
  await page.getByRole("link", { name: "userpass" }).click();
  await page.getByLabel("Username").fill(user);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/secrets$/);
  return page;
}

/** Fills in the form of Keycloak that the instance's page opens. */
async function logInAtKeycloak(user: string, role = "developer"): Promise<Page> {
  const page = await bed.open();
  await page.getByLabel("Role").fill(role);
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in with OIDC Provider" }).click();
  const form = await opened;
  await form.getByLabel("Username or email").fill(user);
  await form.getByRole("textbox", { name: "Password" }).fill(passwordOf(user));
  await form.getByRole("button", { name: "Sign In" }).click();
  return page;
}

test("the page is there because the tenant file says ui: true", async () => {
  const without = await startRendered(bed.people.bed, "without-page", deploymentWith({}));
  const statuses = [bed.people, without].map(({ address }) => bed.statusOf(`${address}/ui/`));
  expect(await Promise.all(statuses)).toEqual([200, 404]);
  await without.stop();
});

test("the login page offers what people log in with, and nothing else", async () => {
  const page = await bed.open();
  const links = page.getByRole("navigation").getByRole("link");
  await links.filter({ hasText: "Other" }).waitFor();
  expect(await links.allInnerTexts()).toEqual(["oidc", "userpass", "Other"]);
});

describe("a user", () => {
  let page: Page;

  beforeAll(async () => {
    page = await logIn("alice");
  });

  test("issues a certificate", async () => {
    await page.goto(bed.url("vault/secrets/pki/pki/roles/web/generate"));
    await page.getByLabel("Common Name").fill("web1.acme.internal");
    await page.getByRole("button", { name: "Generate" }).click();
    const serial = await page.getByText(/^\s*([0-9a-f]{2}:){19}[0-9a-f]{2}\s*$/).innerText();
    const { body } = await bed.people.client().send("GET", `pki/cert/${serial.trim()}`);
    expect((body.data as { certificate: string }).certificate).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  test("has an SSH key signed", async () => {
    await page.goto(bed.url("vault/secrets/ssh/sign/ops"));
    await page.getByLabel("Public Key").fill(PUBLIC_KEY);
    await page.getByRole("button", { name: "Sign" }).click();
    await page.getByText(/^ssh-ed25519-cert-v01@openssh\.com AAAA/).waitFor();
  });

  test("reads a secret of its role, and no other", async () => {
    await page.goto(bed.url("vault/secrets/kv/show/web/db"));
    await page.locator("button[data-test-button]").first().click();
    await page.getByText("secret of web/db").waitFor();
    await bed.read(page, "vault/secrets/kv/show/batch/db", UNREADABLE);
  });

  test.each(ADMIN_PAGES)("does not see %s", async (path, refusal) => {
    await bed.read(page, `vault/${path}`, refusal);
  });

  test("is refused what the form of an engine would do", async () => {
    await page.goto(bed.url("vault/settings/mount-secret-backend"));
    await page.getByText("KV", { exact: true }).click();
    await page.getByRole("button", { name: "Next" }).click();
    const answer = page.waitForResponse((response) => response.url().includes("/v1/sys/mounts/"));
    await page.getByRole("button", { name: "Enable engine" }).click();
    expect((await answer).status()).toBe(403);
  });
});

describe("a person at Keycloak", () => {
  test("in the group logs in", async () => {
    const page = await logInAtKeycloak("nina");
    await page.waitForURL(/\/secrets$/);
    await bed.read(page, "vault/secrets", "pki/");
  });

  test("outside the group is refused", async () => {
    const page = await logInAtKeycloak("olaf");
    await page.getByText('claim "groups" is missing').waitFor();
  });

  test("who left the group is refused", async () => {
    await bed.leaveGroup("nina", "/developers");
    const page = await logInAtKeycloak("nina");
    await page.getByText('claim "groups" is missing').waitFor();
  });
});

describe("a person at Keycloak who chooses no role", () => {
  const logIn = async (user: string): Promise<string> => {
    const page = await logInAtKeycloak(user, "");
    await page.waitForURL(/\/secrets$/);
    return bed.tokenOf(page);
  };
  const expectRefusal = async (user: string, reason: string): Promise<void> => {
    const page = await logInAtKeycloak(user, "");
    await page.getByText(reason).waitFor();
  };
  const reads = async (token: string): Promise<number[]> => {
    const client = bed.people.client(token);
    return [await attempt(client, "GET kv/data/web/db"), await attempt(client, "GET kv/data/batch/db")];
  };

  test("may do what its group may, and is refused outside", async () => {
    expect(await reads(await logIn("petra"))).toEqual([200, 403]);
    await expectRefusal("olaf", '"groups" claim not found in token');
    await expectRefusal("rosa", 'claim "groups" does not match');
  });

  test("may do what its nested groups may, by their paths, and loses that with a group", async () => {
    await bed.tellPaths();
    const former = await logIn("quentin");
    expect(await reads(former)).toEqual([200, 200]);
    await expectRefusal("rosa", 'claim "groups" does not match');
    await bed.leaveGroup("quentin", "/acme/reports");
    const next = await logIn("quentin");
    // A renewal of the former token would bring the group back.
    expect(await attempt(bed.people.client(former), "POST auth/token/renew-self")).toBe(400);
    for (const token of [former, next]) expect(await reads(token)).toEqual([200, 403]);
  });

  test("who left the last group is refused, and has a token that expires within the hour", async () => {
    const { body } = await bed.people.client(await logIn("quentin")).send("GET", "auth/token/lookup-self");
    expect(body.data).toMatchObject({ type: "batch", renewable: false, creation_ttl: 3600 });
    await bed.leaveGroup("quentin", "/acme/staff");
    await expectRefusal("quentin", '"groups" claim not found in token');
  });
});

test("an admin of users sees no secret", async () => {
  const page = await logIn("carol");
  expect(await bed.read(page, "vault/secrets", "Show internal engines")).not.toContain("kv/");
  await bed.read(page, "vault/secrets/kv/show/web/db", "Not authorized");
});
