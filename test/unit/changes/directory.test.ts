import { expect, test } from "vitest";
import { LdapLogin, SecretRef } from "../../../src/index";
import { type InstanceSpec } from "../../../src/tenant";
import { CERTIFICATE } from "../../support/certificate";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { configOf } from "../../support/config";
import { resourcesThrough, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

/** Values of an instance with a directory, by the paths of their fields. */
type Setting = Readonly<Record<string, unknown>>;

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  keyValue: [{ mount: "kv" }],
  logins: {
    ldap: {
      urls: ["ldaps://ldap.example"],
      bindDn: "cn=vault,dc=example",
      bindPassword: { mount: "operator", path: "ldap", field: "password" },
      userDn: "ou=people,dc=example",
      groupDn: "ou=groups,dc=example",
    },
  },
  roles: [{ name: "web", read: ["kv/web"], login: { appRole: true, ldapGroups: ["developers"] } }],
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));
const MOUNT = "vault_ldap_auth_backend.main_ldap";
const ALIAS = "vault_identity_group_alias.main_ldap_groups_alias_ldap_developers";
const GROUP = "vault_identity_group.main_ldap_groups_group_ldap_developers";

/** A change of an argument of the mount. */
function argument(field: string, value: unknown, ...changed: readonly string[]): FieldChange<Setting> {
  const path = field.replace("LdapLoginProps", "logins.ldap");
  return [field, {}, { [path]: value }, [`update ${MOUNT}: ${changed.join(", ")}`]];
}

const CHANGES: readonly FieldChange<Setting>[] = [
  argument("LdapLoginProps.description", "People", "description"),
  argument("LdapLoginProps.urls", ["ldap://ldap.example", "ldaps://other.example"], "url"),
  argument("LdapLoginProps.caCertificate", CERTIFICATE, "certificate"),
  argument("LdapLoginProps.bindDn", "cn=other,dc=example", "binddn"),
  argument(
    "LdapLoginProps.bindPassword",
    { mount: "operator", path: "ldap", field: "password", revision: 2 },
    "bindpass_wo_version",
  ),
  argument("LdapLoginProps.userDn", "ou=staff,dc=example", "userdn"),
  argument("LdapLoginProps.userAttr", "sAMAccountName", "userattr"),
  argument("LdapLoginProps.groupDn", "ou=teams,dc=example", "groupdn"),
  argument("LdapLoginProps.groupFilter", "(member={{.UserDN}})", "groupfilter"),
  argument("LdapLoginProps.tokenTtl", "8h", "token_max_ttl", "token_ttl"),
  argument("LdapLoginProps.tokenMaxTtl", "2h", "token_max_ttl"),
  argument("LdapLoginProps.listingVisibility", "hidden", "tune.#.listing_visibility"),
  [
    "LdapLoginProps.path",
    {},
    { "logins.ldap.path": "directory" },
    [
      `create ${GROUP.replace("_ldap_developers", "_directory_developers")}`,
      `create ${ALIAS.replace("_ldap_developers", "_directory_developers")}`,
      `delete ${GROUP}`,
      `delete ${ALIAS}`,
      `update ${MOUNT}: path`,
    ],
  ],
  [
    "LoginsSpec.ldap",
    {},
    { "logins.ldap": REMOVED, "roles.0.login.ldapGroups": REMOVED },
    [`delete ${GROUP}`, `delete ${ALIAS}`, `delete ${MOUNT}`, "read ephemeral"],
  ],
  ["RoleLoginSpec.ldapGroups", {}, { "roles.0.login.ldapGroups": REMOVED }, [`delete ${GROUP}`, `delete ${ALIAS}`]],
];
testChanges(config, CHANGES);

test("LdapLoginProps.product, LdapLoginProps.plugins: they say alone whether there is such a login", () => {
  const plugin = { type: "auth", name: "ldap", command: "ldap", version: "v0.1.0", sha256sum: "0".repeat(64) };
  const before = JSON.stringify(config({}).resource);
  expect(JSON.stringify(config({ product: "openbao", plugins: [plugin] }).resource)).toBe(before);
  expect(() => config({ product: "openbao" })).toThrow(/OpenBao has no login for LDAP; add the auth plugin "ldap"/);
});

test("LdapLoginProps.provider, LdapLoginProps.centralProvider: another provider of the same server changes nothing else", () => {
  const login = (instance: string, central: string): object =>
    resourcesThrough(instance, central, (stack, { provider, centralProvider }) => {
      new LdapLogin(stack, "Ldap", {
        product: "vault",
        urls: ["ldaps://ldap.example"],
        bindDn: "cn=vault,dc=example",
        bindPassword: SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
        userDn: "ou=people,dc=example",
        groupDn: "ou=groups,dc=example",
        provider,
        centralProvider,
      });
    });
  expect(login("one", "two")).toEqual(login("three", "four"));
});
