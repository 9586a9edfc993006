import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RootCa } from "../../../src";
import { defineRequest, InstanceConfig, loadTenants } from "../../../src/tenant";
import { CERTIFICATE } from "../../support/certificate";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

const EXAMPLE = join(__dirname, "..", "..", "..", "examples", "self-service");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(__dirname, "requests-"));
  cpSync(EXAMPLE, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const REQUEST = defineRequest({ login: { gitlab: { projectId: 42 } }, ttl: "1h", read: ["kv/shop/web"] });

const WORKLOAD = {
  name: "request-handler",
  namespace: "shop",
  serviceAccount: "handler",
  delivery: { type: "agent-injector" },
  secrets: [{ type: "key-value", name: "payments", path: "kv/payments/prod" }],
};

/** Writes JSON, which YAML contains. */
function request(content: unknown, name = "shop-web.yaml"): void {
  writeFileSync(join(folder, "requests", "customer10", name), JSON.stringify(content));
}

function changeTenant(from: string, to: string): void {
  const file = join(folder, "customer10.yaml");
  const text = readFileSync(file, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

async function synthesizeTenant(): Promise<Synthesized> {
  const [tenant] = await loadTenants(folder);
  const [instance] = tenant?.instances ?? [];
  if (instance === undefined) throw new Error("There is no instance.");
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
    new InstanceConfig(stack, "main", { tenant: "customer10", instance, rootCa, provider, centralProvider });
  });
}

/** The message without the folder. */
async function refusal(): Promise<string> {
  const error = await synthesizeTenant().then(
    () => new Error("It is not refused."),
    (reason: unknown) => reason as Error,
  );
  return error.message.replaceAll(`${folder}/`, "");
}

describe("a request", () => {
  test("makes role, policy and login in one step, whose names say where they come from", async () => {
    const { resource } = await synthesizeTenant();
    const policy = resource.vault_policy?.main_role_request_shop_web_policy as { name: string; policy: string };
    expect(policy.name).toBe("request-shop-web");
    expect([...policy.policy.matchAll(/path "(.*?)"/g)].map(([, path]) => path)).toEqual([
      "database/orders/creds/readonly",
      "kv/data/shop/web/prod",
      "kv/data/shop/web/prod/*",
      "kv/metadata/shop/web/prod",
      "kv/metadata/shop/web/prod/*",
    ]);
    expect(resource.vault_jwt_auth_backend_role?.main_role_request_shop_web_login_gitlab).toMatchObject({
      role_name: "request-shop-web",
      token_ttl: 3600,
      token_max_ttl: 3600,
      bound_claims: { project_id: "42", ref: "main", ref_protected: "true", ref_type: "branch" },
    });
  });

  test("contains texts, and no expressions of Terraform", async () => {
    request({ ...REQUEST, login: { gitlab: { projectId: 42, environment: "${path.module}" } } });
    const { resource } = await synthesizeTenant();
    expect(resource.vault_jwt_auth_backend_role?.main_role_request_shop_web_login_gitlab).toMatchObject({
      bound_claims: { environment: "$${path.module}" },
    });
  });

  test("may be a TypeScript file", async () => {
    const library = join(__dirname, "..", "..", "..", "src", "tenant");
    const text = `import { defineRequest } from ${JSON.stringify(library)};\nexport default defineRequest(${JSON.stringify(REQUEST)});\n`;
    writeFileSync(join(folder, "requests", "customer10", "other.ts"), text);
    const { resource } = await synthesizeTenant();
    expect(Object.keys(resource.vault_policy ?? {})).toContain("main_role_request_other_policy");
  });

  test("SelfServiceSpec.folder, InstanceSpec.selfService: without a file its role is removed", async () => {
    rmSync(join(folder, "requests", "customer10", "shop-web.yaml"));
    const { resource } = await synthesizeTenant();
    expect(resource.vault_policy).toBeUndefined();
    expect(resource.vault_jwt_auth_backend_role).toBeUndefined();
  });
});

const FILE = "requests/customer10/shop-web.yaml";

describe("a request is refused", () => {
  test.each<[string, object, string]>([
    [
      "beside the limits",
      { ...REQUEST, read: ["kv/shop/web", "kv/shopping"] },
      `${FILE}: read[1]: "kv/shopping" would allow read on kv/data/shopping, which selfService.limits of the tenant file do not allow the GitLab project 42; request less, or have a limit raised`,
    ],
    [
      "with more capabilities",
      { ...REQUEST, read: undefined, write: ["kv/shop/web"] },
      `${FILE}: write[0]: "kv/shop/web" would allow create on kv/data/shop/web, which selfService.limits of the tenant file do not allow the GitLab project 42; request less, or have a limit raised`,
    ],
    [
      "above a folder of the limits",
      { ...REQUEST, read: ["kv/sho"] },
      `${FILE}: read[0]: "kv/sho" would allow read on kv/data/sho, which selfService.limits of the tenant file do not allow the GitLab project 42; request less, or have a limit raised`,
    ],
    [
      "for longer",
      { ...REQUEST, ttl: "2h" },
      `${FILE}:1:38: ttl: 2h is longer than the GitLab project 42 may request; write at most 1h`,
    ],
    [
      "for another project",
      { ...REQUEST, login: { gitlab: { projectId: 43 } } },
      `${FILE}:1:2: login: the GitLab project 43 may request nothing; ask who looks after selfService.limits of the tenant file`,
    ],
    [
      "by a login that the instance has not",
      { ...REQUEST, login: { github: { repository: "acme/shop", repositoryId: 7, branch: "main" } } },
      `${FILE}:1:11: login.github: there is no such login; add the field "github" to logins of the tenant file`,
    ],
    [
      "for nobody",
      { ...REQUEST, login: {} },
      `${FILE}:1:2: login: names no job, so nobody could log in; name one of gitlab or github`,
    ],
    [
      "of something that does not exist",
      { ...REQUEST, databases: ["orders/admin"] },
      `${FILE}:1:85: databases[0]: "orders/admin" does not exist; define it, or use one of: orders/readonly`,
    ],
    [
      "of a path that names a login which the instance has not",
      { ...REQUEST, read: ["kv/shop/{{identity.entity.aliases.github.name}}"] },
      `${FILE}:1:57: read[0]: its template names a login: "github" does not exist; define it, or use one of: gitlab`,
    ],
    [
      "of nothing",
      { login: REQUEST.login, ttl: "1h" },
      `${FILE}:1:1: requests nothing; add an entry to certificates, signCertificates, generateCertificates, ssh, databases, rotateDatabases, read, write, administer, keyValuePolicies or clouds, or remove the file`,
    ],
    [
      "with a field that it has not",
      { ...REQUEST, duty: "security" },
      `${FILE}:1:72: duty: is not a known field; remove it, or use a field that docs/tenant-file.md lists`,
    ],
  ])("%s", async (_case, content, message) => {
    request(content);
    expect(await refusal()).toBe(message);
  });

  test("under a name that is taken, or is none", async () => {
    request(REQUEST, "shop-web.yml");
    expect(await refusal()).toContain(
      'another role or workload is named "request-shop-web"; give the file another name',
    );
    rmSync(join(folder, "requests", "customer10", "shop-web.yml"));
    request(REQUEST, "Shop.yaml");
    expect(await refusal()).toContain('"Shop" is not a valid name of a request');
  });

  test("T2: under the name of a workload, whose policy it would replace and whose secrets it would read", async () => {
    changeTenant("    selfService:", JSON.stringify([WORKLOAD]).replace(/^/, "    workloads: ") + "\n    selfService:");
    changeTenant(
      'gitlab: { audience: "',
      'kubernetes: { host: "https://k8s:6443", caCertificate: CA }\n      gitlab: { audience: "',
    );
    changeTenant("caCertificate: CA", `caCertificate: ${JSON.stringify(CERTIFICATE)}`);
    request(REQUEST, "handler.yaml");
    expect(await refusal()).toBe(
      'requests/customer10/handler.yaml:1:1: another role or workload is named "request-handler"; give the file another name',
    );
  });

  test("SelfServiceSpec.limits, RequestLimitProps.gitlabProjects: once the limits no longer allow it", async () => {
    changeTenant("gitlabProjects: [42]", "gitlabProjects: [41]");
    expect(await refusal()).toContain("the GitLab project 42 may request nothing");
  });

  test("RequestLimitProps.githubRepositories: unless the limit names all of its projects", async () => {
    changeTenant('gitlab: { audience: "', 'github: { audience: "a" }\n      gitlab: { audience: "');
    const github = { repository: "acme/shop", repositoryId: 7, branch: "main" };
    request({ ...REQUEST, login: { ...REQUEST.login, github } });
    expect(await refusal()).toContain("the GitLab project 42 with the GitHub repository 7 may request nothing");
    changeTenant("gitlabProjects: [42]", "githubRepositories: [7]\n          gitlabProjects: [42]");
    const { resource } = await synthesizeTenant();
    expect(Object.keys(resource.vault_jwt_auth_backend_role ?? {})).toHaveLength(2);
  });

  test("RequestLimitProps.maxTtl: once it is shorter", async () => {
    changeTenant("maxTtl: 1h\n          read", "maxTtl: 30m\n          read");
    expect(await refusal()).toContain("ttl: 1h is longer than the GitLab project 42 may request; write at most 30m");
  });

  test("if its folder does not exist", async () => {
    changeTenant("folder: requests/customer10", "folder: requests/other");
    expect(await refusal()).toMatch(
      /^customer10\.yaml: instances\[0\]\.selfService\.folder: "requests\/other" does not exist/,
    );
  });
});

test("by default nobody requests anything", async () => {
  changeTenant(
    "        - gitlabProjects: [42]\n          maxTtl: 1h\n          read: [kv/shop]\n          databases: [orders/readonly]\n",
    "",
  );
  changeTenant("limits:", "limits: []");
  expect(await refusal()).toContain("the GitLab project 42 may request nothing");
});
