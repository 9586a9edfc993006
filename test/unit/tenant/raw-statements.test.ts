import { describe, expect, test } from "vitest";
import type { RawStatementSpec } from "../../../src/tenant";
import { checkTenant } from "../../../src/tenant/tenant-schema";
import { configOf } from "../../support/config";
import { RIGHT, withFields } from "../../support/tenant-file";

const REASON = "the inventory needs it";
/** A mount that is made by hand, and a namespace, are not in the file. */
const ENGINES = "pki/, ssh/, database/orders/, kv/";

function statement(path: string, capabilities: string, more: object = {}): RawStatementSpec {
  return { path, capabilities: capabilities.split(" ") as never, reason: REASON, ...more };
}

/** Problems of a file in which a role has raw statements. */
function problems(statements: readonly RawStatementSpec[], role: object = {}): string[] {
  const roles = [{ name: "inventory", ...role, rawStatements: statements }];
  const checked = checkTenant(withFields({ "instances.0.roles": roles }, RIGHT));
  return "problems" in checked ? checked.problems.map(({ field, reason }) => `${field}: ${reason}`) : [];
}

describe("a raw statement", () => {
  test("is in the policy of its role, and says that it is raw", () => {
    const [instance] = RIGHT.instances;
    const rawStatements = [
      statement("pki/issue/web", "create update", {
        allowedParameters: { common_name: ["a.customer10.internal"], ttl: [] },
        deniedParameters: { not_after: [] },
        requiredParameters: ["common_name"],
        minWrappingTtl: "1m",
        maxWrappingTtl: "1h",
        expiration: "2027-01-31T00:00:00Z",
      }),
    ];
    const deployment = { mode: "external", addresses: ["https://10.0.0.1:8200"] };
    const roles = [{ name: "inventory", rawStatements }];
    const { resource } = configOf({ ...instance, seal: undefined, deployment, roles });
    expect(resource.vault_policy?.main_role_inventory_policy).toMatchObject({
      policy: `# raw statement: the inventory needs it
path "pki/issue/web" {
  capabilities = ["create","update"]
  required_parameters = ["common_name"]
  allowed_parameters = {
    "common_name" = ["a.customer10.internal"]
    "ttl" = []
  }
  denied_parameters = {
    "not_after" = []
  }
  min_wrapping_ttl = "1m"
  max_wrapping_ttl = "1h"
  expiration = "2027-01-31T00:00:00Z"
}
`,
    });
  });

  test.each([
    ["pki/certs", "list"],
    ["pki/cert/+", "read"],
    ["pki/roles/*", "read list"],
    ["pki/revoke", "update"],
    ["ssh/roles/+", "read"],
    ["ssh/sign/*", "update"],
    ["database/orders/roles", "list"],
    ["database/orders/rotate-role/*", "update"],
    ["kv/data/web/+/db", "read update patch"],
    ["kv/destroy/{{identity.entity.id}}/*", "update"],
    ["kv/config", "deny"],
    ["sys/metrics", "read"],
    ["identity/oidc/token/web", "read"],
  ])("may be for %s [%s]", (path, capabilities) => {
    expect(problems([statement(path, capabilities)])).toEqual([]);
  });

  // Each would give a client the rights of an admin, of another client, or of the server.
  test.each([
    ...["sys/policies/acl/*", "sys/policies/acl/inventory", "sys/auth/approle", "sys/mounts/kv", "sys/raw/*"],
    ...["auth/token/create", "auth/token/create/jobs", "auth/token/roles/x", "auth/userpass/users/alice"],
    ...["auth/approle/role/web/secret-id", "auth/+/users/+", "auth/*"],
    ...["identity/*", "identity/entity/name/user-alice", "identity/group/name/admins", "identity/lookup/entity"],
    ...["sys/metrics/x", "sys/metrics*", "identity/oidc/token/*", "cubbyhole/x"],
  ])("is refused for %s, by which a client gives itself any right", (path) => {
    for (const capability of ["update", "read", "list"])
      expect(problems([statement(path, capability)])).toEqual([
        `instances[0].roles[0].rawStatements[0]: The raw statement for "${path}" is about the server itself, by which a client could give itself any right; use a duty, or remove it`,
      ]);
  });

  test("is refused for writes of what it may read", () => {
    expect(problems([statement("sys/metrics", "read update")])[0]).toContain("is about the server itself");
  });

  test.each(["*", "+/policies/acl/x", "s*", "sys*", "au*", "+/*", "{{identity.entity.name}}/x", "k+/x", "kv"])(
    "is refused for %s, which may be about any mount",
    (path) => {
      expect(problems([statement(path, "update")])).toEqual([
        `instances[0].roles[0].rawStatements[0]: The raw statement for "${path}" could be about any mount; begin it with the path of one secrets engine and a slash`,
      ]);
    },
  );

  test.each(["/sys/policies/acl/x", "kv//data/x", "kv/../sys/policies/acl/x", "kv/data/*/x", "./kv/data/x"])(
    "is refused for %s, which no server matches as it looks",
    (path) => {
      expect(problems([statement(path, "update")])[0]).toContain("is not a valid path of a policy");
    },
  );

  // A path may begin with a namespace of the instance, in which other tenants are.
  test.each(["customer20.main/kv/data/x", "customer20.main/sys/policies/acl/x", "transit/keys/x", "kvv/data/x"])(
    "is refused for %s, which the file does not describe",
    (path) => {
      expect(problems([statement(path, "update")])).toEqual([
        `instances[0].roles[0].rawStatements[0].path: "${path}" is not below an engine of the file; begin it with one of: ${ENGINES}`,
      ]);
    },
  );

  test.each([
    ["pki/*", "pki/"],
    ["pki/+/web", "pki/a/web"],
    ["pki/roles/web", "pki/roles/web"],
    ["pki/root/sign-intermediate", "pki/root/sign-intermediate"],
    ["pki/sign-verbatim/web", "pki/sign-verbatim/web"],
    ["pki/intermediate/generate/exported", "pki/intermediate/generate/exported"],
    ["pki/config/{{identity.entity.id}}", "pki/config/"],
    ["ssh/roles/ops", "ssh/roles/ops"],
    ["ssh/config/ca", "ssh/config/ca"],
    ["database/orders/config/orders", "database/orders/config/orders"],
    ["database/orders/rotate-root/orders", "database/orders/rotate-root/orders"],
    ["kv/config", "kv/config"],
  ])("is refused for %s, which configures an engine", (path, witness) => {
    const [problem = ""] = problems([statement(path, "create update")]);
    expect(problem).toMatch(/^instances\[0\]\.roles\[0\]\.rawStatements\[0\]\.path: ".*" would let the role change "/);
    expect(problem).toContain(`would let the role change "${witness}`);
    expect(problem).toContain('narrow the path, or give the role the duty "security"');
  });

  test.each([
    ["pki/isue/web", "read", "matches no path of the engine pki; correct it"],
    ["kv/web", "read", 'lacks "data/" or "metadata/" after "kv/"; write "kv/data/web" for values'],
    ["pki/certs", "list read", 'has the capability "read", which no operation there needs; remove it'],
    ["kv/data/web", "recover", 'has the capability "recover", which openbao does not have; remove it'],
  ])("is refused if it cannot do what it says: %s [%s]", (path, capabilities, message) => {
    expect(problems([statement(path, capabilities)])).toContain(
      `instances[0].roles[0].rawStatements[0]: The policy's path "${path}" ${message}`,
    );
  });

  test("is refused with sudo, without a reason, and without a capability", () => {
    const [sudo = ""] = problems([statement("pki/certs", "sudo")]);
    expect(sudo).toContain('instances[0].roles[0].rawStatements[0].capabilities[0]: "sudo" is not allowed');
    const blank = { ...statement("pki/certs", "list"), reason: " " };
    expect(problems([blank])[0]).toContain("rawStatements[0].reason: ");
    const none = { ...statement("pki/certs", "list"), capabilities: [] };
    expect(problems([none])[0]).toContain("has no capability");
  });

  test.each(["users", "security", "servers", "privileged-access"])("is refused beside the duty %s", (duty) => {
    expect(problems([statement("pki/certs", "list")], { duty })).toEqual([
      `instances[0].roles[0]: The role inventory has the duty "${duty}", whose rights are fixed; move its raw statements to another role`,
    ]);
  });
});

describe("a path that names the metadata of a client", () => {
  const roleWith = (read: string, logins: object): string[] => {
    const file = withFields(
      { "instances.0.roles": [{ name: "web", read: [read] }], "instances.0.logins": logins },
      RIGHT,
    );
    const checked = checkTenant(file);
    return "problems" in checked ? checked.problems.map(({ field, reason }) => `${field}: ${reason}`) : [];
  };
  const GITLAB = { gitlab: { audience: "https://vault.example", claimMappings: { project_path: "project" } } };

  test("names a login of the file, or an accessor", () => {
    const path = (name: string): string => `kv/{{identity.entity.aliases.${name}.metadata.project}}`;
    expect(roleWith(path("gitlab"), GITLAB)).toEqual([]);
    expect(roleWith(path("auth_jwt_1a2b3c4d"), GITLAB)).toEqual([]);
    expect(roleWith(path("github"), GITLAB)).toEqual([
      'instances[0].roles[0].read[0]: its template names a login: "github" does not exist; define it, or use one of: gitlab',
    ]);
  });

  test("has no claim of a login of Vault, which reads wildcards in it", () => {
    const path = (of: string): string => `kv/{{identity.entity.aliases.gitlab.${of}}}`;
    const roles = [
      { name: "web", read: [path("metadata.project")] },
      { name: "ci", read: [path("name")] },
      {
        name: "raw",
        rawStatements: [
          { path: path("metadata.project").replace("kv/", "kv/data/"), capabilities: ["read"], reason: "r" },
        ],
      },
    ];
    const vault = { "instances.0.product": "vault", "instances.0.roles": roles, "instances.0.logins": GITLAB };
    const checked = checkTenant(withFields(vault, RIGHT));
    const problems = "problems" in checked ? checked.problems : [];
    expect(problems.map(({ field }) => field)).toEqual([
      "instances[0].roles[0].read[0]",
      "instances[0].roles[2].rawStatements[0]",
    ]);
    for (const { reason } of problems)
      expect(reason).toContain("name the client by {{identity.entity.aliases.gitlab.name}}");
  });

  test("is none of a user of an SSH role by what a login of Vault says, in which commas make several users", () => {
    const users = (product: string, user: string): string[] => {
      const roles = [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu", user], maxTtl: "30m" }];
      const checked = checkTenant(
        withFields({ "instances.0.product": product, "instances.0.ssh.roles": roles }, RIGHT),
      );
      return "problems" in checked ? checked.problems.map(({ field, reason }) => `${field}: ${reason}`) : [];
    };
    const claim = "{{identity.entity.aliases.auth_oidc_1a2b3c4d.metadata.mail}}";
    expect(users("vault", claim)).toEqual([
      `instances[0].ssh.roles[0]: the SSH role ops has ${claim}, in which Vault reads a comma as the end of a name, so that a client could log in as somebody else; name the client by {{identity.entity.aliases.auth_oidc_1a2b3c4d.name}}`,
    ]);
    expect(users("openbao", claim)).toEqual([]);
    for (const safe of ["{{identity.entity.metadata.unix}}", "{{identity.entity.aliases.auth_oidc_1a2b3c4d.name}}"])
      expect(users("vault", safe)).toEqual([]);
    expect(users("openbao", "{{identity.entity.aliases.oidc.name}}")).toEqual([
      'instances[0].ssh.roles[0]: the SSH role ops names the login "oidc"; write the accessor of its mount, which begins with auth_, or metadata of users',
    ]);
  });

  test("has the accessor of the login in the policy", () => {
    const [instance] = RIGHT.instances;
    const deployment = { mode: "external", addresses: ["https://10.0.0.1:8200"] };
    const roles = [
      {
        name: "web",
        read: ["kv/{{identity.entity.aliases.gitlab.metadata.project}}"],
        login: { gitlab: { projectId: 1 } },
      },
    ];
    const { resource } = configOf({ ...instance, seal: undefined, deployment, roles, logins: GITLAB });
    const { policy } = resource.vault_policy?.main_role_web_policy as { policy: string };
    expect(policy).toContain(
      'path "kv/data/{{identity.entity.aliases.${vault_jwt_auth_backend.main_git_lab.accessor}.metadata.project}}"',
    );
    expect(resource.vault_jwt_auth_backend_role?.main_role_web_login_gitlab).toMatchObject({
      claim_mappings: { project_path: "project" },
    });
  });
});
