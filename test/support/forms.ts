/** A file below test/, and a title or a line in it. */
export type Proof = readonly [file: string, title: string];

const PAGES = "integration/browser.test.ts";
const PEOPLE = "integration/people/users.ts";
const PKI = "integration/authorities/other-authorities.ts";
const CONFIG = "unit/tenant/instance-config.test.ts";
const OWN_CA = "PkiSpec.authority: the form of a CA of the tenant's own, and its certificate for a web server";
const DATABASE =
  "the form of a database, DatabaseConnectionProps.usernameTemplate: its role gives logins of that name and lifetime";
const SSH_AND_DATABASE = "the forms of a web console for SSH and a database are fields";

/** The test of each row of docs/forms.md, by the form. */
export const FORMS: Readonly<Record<string, Proof>> = {
  "create an instance": ["integration/lifecycle.test.ts", "cdktf diff finds nothing to change"],
  "destroy an instance": ["integration/retirement.test.ts", "C5: an instance leaves only after it was retired"],
  "initialise and unseal": [
    "integration/unseal.test.ts",
    "to initialised, escrowed, joined and unsealed, with the hook's policy alone",
  ],
  seal: ["integration/seal.test.ts", "every replica is sealed, and stays so until a person unseals it"],
  "number of keys, and how many open": [
    "integration/rotate-keys.test.ts",
    "C4: get the number and threshold of keys that the description asks for; the hook finds nothing to do then",
  ],
  "take a snapshot, and restore one": [
    "integration/restore.test.ts",
    "goes back to its snapshot, and no secret is told",
  ],
  "list snapshots": ["integration/snapshots.test.ts", '"snapshot", "list", "customer10/saved"'],
  "export all secrets": [
    "integration/portability.test.ts",
    "what leaves one instance and comes into an empty one is what a client could read",
  ],
  "state of all instances": ["integration/unseal.test.ts", "is shown by status, with exit code 2 when it is sealed"],

  "common name, organization and unit of a CA": [PKI, OWN_CA],
  "country, province and locality": [PKI, OWN_CA],
  "internal, exported or external CA": [
    "integration/authorities/held-authorities.ts",
    "ExportedAuthoritySpec.type: the form of a CA whose key the central Vault holds; a client that knows its root alone connects",
  ],
  "type and bits of the key of a CA, and its TTL": [PKI, OWN_CA],
  "role for certificates": [PKI, OWN_CA],
  "issue a certificate": [PAGES, "issues a certificate"],
  "certificate that a machine renews": [
    "integration/authorities/pki-services.ts",
    "TenantPKIProps.machines: the agent renews a certificate twice, and no handshake fails",
  ],
  "list and revoke certificates": [
    "integration/authorities/certificates.ts",
    "one is listed, revoked by its serial number, and refused by clients at once",
  ],

  "mount, and type and bits of the key": [CONFIG, SSH_AND_DATABASE],
  "users of a role, and how long it lasts": [CONFIG, SSH_AND_DATABASE],
  "sign a key": [PAGES, "has an SSH key signed"],
  "passwords that work once": [
    "integration/lab.test.ts",
    "a one-time SSH password of ${tenant}/main is accepted once and not again",
  ],

  connection: ["integration/databases/connections.ts", "D5: a database of any name is reached"],
  "administrator and its password": [
    "integration/databases/deployed-instance.ts",
    "T2: texts of its file arrive as they are written",
  ],
  mount: ["integration/databases/logins.ts", DATABASE],
  "role and its TTL": ["integration/databases/logins.ts", DATABASE],

  "organization, app and environments": [
    "integration/authorities/key-value.ts",
    "the policy and the role of a user read development, and neither production nor another app",
  ],
  "secrets to be filled in": [
    "integration/authorities/placeholders.ts",
    "status stops listing what a person has filled in, and names what was deleted",
  ],
  "read a secret": [PAGES, "reads a secret of its role, and no other"],

  user: [
    PEOPLE,
    "a first login lets its holder choose a password, once and nothing else; then the group's policies apply",
  ],
  "lifetimes and uses of users' tokens": [
    PEOPLE,
    "a first login lets its holder choose a password, once and nothing else; then the group's policies apply",
  ],
  "networks of users": [PEOPLE, "users log in from their networks, and from no others"],
  "disable or enable a user": [
    PEOPLE,
    "disable refuses a user, its tokens and first logins; enable needs no other password",
  ],
  "remove a user": [PEOPLE, "remove refuses a user, its tokens and first logins, and takes the password away"],
  "forgotten password": [PEOPLE, "reset takes password and tokens away"],
  "log in": [PAGES, "the login page offers what people log in with, and nothing else"],
  "role, and what it may do": ["integration/databases/changed-tenant-file.ts", "a grant applies to tokens that exist"],
  "instances' manager": [
    "integration/seal.test.ts",
    "people manage the instances of the tenants whose policies their group in the central Vault has",
  ],
  "users' admin, security admin": [PAGES, "an admin of users sees no secret"],
  policies: ["integration/lifecycle.test.ts", "a changed tenant file plans that change and nothing else"],
};
