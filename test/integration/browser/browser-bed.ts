import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { freePort } from "../../../lab/ports";
import { KeycloakServer } from "../../../lab/servers/keycloak-server";
import { obtainChromium } from "../../../lab/tools/chromium";
import { obtainKeycloak } from "../../../lab/tools/keycloak";
import { OIDC, PeopleBed } from "../people/people-bed";
import { CLUSTER, deploymentWith, startInstance } from "./rendered-instance";

const REALM = "acme";

/** What the tenant file says of the server. */
export const DEPLOYMENT = deploymentWith({ ui: true });
const PAGE_TIMEOUT = 60_000;

/** A server with its page, a real Keycloak at which people log in, and a real browser. */
export class BrowserBed {
  static async start(): Promise<BrowserBed> {
    const people = await PeopleBed.start({
      startInstance: (bed) => startInstance(bed, DEPLOYMENT),
      hasDirectory: false,
      tenant: { cluster: CLUSTER },
    });
    const { folder, authority } = people.bed;
    const keycloak = new KeycloakServer({
      program: await obtainKeycloak(),
      port: await freePort(),
      folder: join(folder, "keycloak"),
      authority,
    });
    const [browser] = await Promise.all([startBrowser(), keycloak.start()]);
    const bed = new BrowserBed(people, keycloak, browser);
    await keycloak.administer("POST", "", realm(bed.redirect));
    return bed;
  }

  private constructor(
    readonly people: PeopleBed,
    private readonly keycloak: KeycloakServer,
    private readonly browser: Browser,
  ) {}

  /** The section of the tenant file for logins at Keycloak. */
  get oidc() {
    return {
      discoveryUrl: `${this.keycloak.address}/realms/${REALM}`,
      caCertificate: this.people.bed.authority.certificate,
      clientId: OIDC.id,
      clientSecret: { mount: "operator", path: "oidc", field: "secret" },
      redirectUris: [this.redirect],
    };
  }

  /** The start page of the instance, for somebody who has not been there before. */
  async open(): Promise<Page> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PAGE_TIMEOUT);
    const page = await context.newPage();
    await page.goto(this.url(""));
    return page;
  }

  /** @param path Below `/ui/`. */
  url(path: string): string {
    return `${this.people.address}/ui/${path}`;
  }

  /** What a server answers to a request for a page. */
  async statusOf(url: string): Promise<number | undefined> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    const answer = await context.request.get(url);
    await context.close();
    return answer.status();
  }

  /** Opens a page, and waits until it says this. @returns All that it says. @throws Error if it does not say this. */
  async read(page: Page, path: string, expected: string): Promise<string> {
    await page.goto(this.url(path));
    const content = page.locator(".page-container", { hasText: expected });
    await content.waitFor();
    return content.innerText();
  }

  /** The token with which the page of somebody who logged in at Keycloak works. */
  async tokenOf(page: Page): Promise<string> {
    const { origins } = await page.context().storageState();
    const stored = origins
      .flatMap(({ localStorage }) => localStorage)
      .find(({ name }) => name.startsWith("vault-token"));
    return (JSON.parse(stored?.value ?? "{}") as { token: string }).token;
  }

  /** Takes somebody out of a group in Keycloak. @param group Its path. */
  async leaveGroup(username: string, group: string): Promise<void> {
    const [user] = (await this.keycloak.administer("GET", `/${REALM}/users?username=${username}`)) as { id: string }[];
    const { id } = (await this.keycloak.administer("GET", `/${REALM}/group-by-path${group}`)) as { id: string };
    await this.keycloak.administer("DELETE", `/${REALM}/users/${user?.id ?? ""}/groups/${id}`);
  }

  /** Lets the claim have the paths of groups, as Keycloak does unless it is told otherwise, in place of their names. */
  async tellPaths(): Promise<void> {
    const [client] = (await this.keycloak.administer("GET", `/${REALM}/clients?clientId=${OIDC.id}`)) as {
      id: string;
      protocolMappers: { id: string; config: object }[];
    }[];
    const mapper = client?.protocolMappers[0];
    const path = `/${REALM}/clients/${client?.id ?? ""}/protocol-mappers/models/${mapper?.id ?? ""}`;
    await this.keycloak.administer("PUT", path, { ...mapper, config: { ...mapper?.config, "full.path": "true" } });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.keycloak.stop();
    await this.people.stop();
  }

  private get redirect(): string {
    return this.url("vault/auth/oidc/oidc/callback");
  }
}

/** The password of a person at Keycloak. */
export function passwordOf(username: string): string {
  return `${username}'s password at Keycloak`;
}

async function startBrowser(): Promise<Browser> {
  const { program, environment } = await obtainChromium();
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? ""]));
  // Root has no sandbox, and the pages are our own.
  return chromium.launch({ executablePath: program, env, args: ["--no-sandbox"] });
}

/** Groups, of which two have the same name, people in them, and one outside. */
function realm(redirect: string): object {
  const user = (username: string, groups: readonly string[]): object => ({
    username,
    email: `${username}@acme.example`,
    firstName: username,
    lastName: "Person",
    enabled: true,
    groups,
    credentials: [{ type: "password", value: passwordOf(username) }],
  });
  const groups = {
    name: "groups",
    protocol: "openid-connect",
    protocolMapper: "oidc-group-membership-mapper",
    config: { "claim.name": "groups", "full.path": "false", "id.token.claim": "true" },
  };
  return {
    realm: REALM,
    enabled: true,
    groups: [
      { name: "developers" },
      { name: "readers" },
      { name: "acme", subGroups: [{ name: "reports" }, { name: "staff" }] },
      { name: "other", subGroups: [{ name: "reports" }] },
    ],
    users: [
      user("nina", ["/developers"]),
      user("olaf", []),
      user("petra", ["/readers"]),
      user("quentin", ["/acme/staff", "/acme/reports"]),
      user("rosa", ["/other/reports"]),
    ],
    clients: [{ clientId: OIDC.id, secret: OIDC.secret, redirectUris: [redirect], protocolMappers: [groups] }],
  };
}
