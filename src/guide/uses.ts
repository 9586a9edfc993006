import type { DatabaseServer, GuidedStatement, StatementUse } from "../contract/guide";
import { secretParts } from "./secrets";
import { commands, fileName, lifetime, type Block, type Target } from "./section";

type Use<Kind extends StatementUse["kind"]> = Extract<StatementUse, { readonly kind: Kind }>;
type Part = string | Block;

/** What a role does with statements of one use. */
export interface Task {
  readonly title: string;
  readonly parts: readonly Part[];
}

/** Statements of one task. All have the same use, except that certificates are issued and signed. */
type Statements = readonly GuidedStatement[];

/** The task of statements. Their paths are those of the policy. */
export function taskOf(use: StatementUse, statements: Statements, target: Target): Task {
  const [{ path } = { path: "" }] = statements;
  switch (use.kind) {
    case "secrets":
      return { title: `Secrets below \`${use.mount}/${use.folder}\``, parts: secretParts(use, statements, target) };
    case "certificate":
      return certificate(use, statements, target);
    case "acme":
      return acme(use, path, target);
    case "ssh-certificate":
      return sshCertificate(use, path, target);
    case "ssh-host":
      return sshHost(use, path, target);
    case "ssh-password":
      return sshPassword(use, path, target);
    case "database":
      return database(use, path, target);
    case "credentials":
      return { title: upperFirst(use.title), parts: readParts(path, target) };
    case "secret-ids":
      return secretIds(use, path, target);
  }
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function readParts(path: string, { program }: Target): Part[] {
  return [commands([`${program} read ${path}`]), commands([`api "$VAULT_ADDR/v1/${path}"`])];
}

const NEW_KEYS: Readonly<Record<string, string>> = {
  "ec-256": "ec -pkeyopt ec_paramgen_curve:P-256",
  "ec-384": "ec -pkeyopt ec_paramgen_curve:P-384",
  "ec-521": "ec -pkeyopt ec_paramgen_curve:P-521",
  ed25519: "ed25519",
};

function newKey({ keyType, keyBits }: Use<"certificate">): string {
  if (keyType === "rsa") return `rsa:${keyBits ?? 2048}`;
  return NEW_KEYS[keyType] ?? NEW_KEYS[`ec-${keyBits ?? 256}`] ?? "";
}

function certificate(use: Use<"certificate">, statements: Statements, { program }: Target): Task {
  const { mount, role, example } = use;
  const name = { COMMON_NAME: example };
  const pathOf = (request: string): string | undefined =>
    statements.find((each) => each.use?.kind === "certificate" && each.use.request === request)?.path;
  const [issue, sign] = [pathOf("issue"), pathOf("sign")];
  return {
    title: `Certificates of the role \`${role}\``,
    parts: [
      ...(sign === undefined
        ? []
        : [
            "Make a key, which stays with you, and have its certificate signed:",
            commands(
              [
                `openssl req -new -newkey ${newKey(use)} -nodes -keyout ${role}.key -subj /CN=COMMON_NAME -out ${role}.csr`,
                `${program} write -field=certificate ${sign} csr=@${role}.csr common_name=COMMON_NAME > ${role}.pem`,
              ],
              name,
            ),
            commands(
              [
                String.raw`printf '{"common_name":"COMMON_NAME","csr":"%s"}' "$(sed 's/$/\\n/' ${role}.csr | tr -d '\n')" |`.replace(
                  "${role}",
                  role,
                ),
                `  api --data @- "$VAULT_ADDR/v1/${sign}" > ${role}.json`,
              ],
              name,
            ),
          ]),
      ...(issue === undefined
        ? []
        : [
            "Or let the instance make the key as well. The file contains it:",
            commands(
              [`(umask 077 && ${program} write -format=json ${issue} common_name=COMMON_NAME > ${role}-issued.json)`],
              name,
            ),
            commands(
              [
                `(umask 077 && api --data '{"common_name":"COMMON_NAME"}' "$VAULT_ADDR/v1/${issue}" > ${role}-issued.json)`,
              ],
              name,
            ),
          ]),
      "A server presents its certificate and then this chain, and clients trust its last certificate:",
      commands([`api "$VAULT_ADDR/v1/${mount}/ca_chain" > ${mount}-chain.pem`]),
      "Before a certificate expires, request another one in the same way.",
    ],
  };
}

function acme({ mount, role }: Use<"acme">, path: string, { program }: Target): Task {
  return {
    title: `Certificates of the role \`${role}\` by ACME`,
    parts: [
      `The directory is \`$VAULT_ADDR/v1/${mount}/roles/${role}/acme/directory\`. A new account of your client needs this key:`,
      commands([`${program} write -f ${path}`]),
      commands([`api --request POST "$VAULT_ADDR/v1/${path}"`]),
    ],
  };
}

/** Commands that sign a public key, and write the certificate beside it. */
function signKey(path: string, key: string, fields: readonly string[], { program }: Target): string[] {
  return [`${program} write -field=signed_key ${path} public_key=@${key}.pub ${fields.join(" ")} > ${key}-cert.pub`];
}

function signKeyByCurl(path: string, key: string, fields: Readonly<Record<string, string>>): string[] {
  const body = Object.entries(fields).map(([name, value]) => `"${name}":"${value}",`);
  return [
    `printf '{${body.join("")}"public_key":"%s"}' "$(cat ${key}.pub)" | api --data @- "$VAULT_ADDR/v1/${path}" |`,
    String.raw`  sed -n 's/.*"signed_key":"\([^"\\]*\).*/\1/p' > ` + `${key}-cert.pub`,
  ];
}

function sshCertificate(use: Use<"ssh-certificate">, path: string, target: Target): Task {
  const { mount, role, keyType, keyBits, hosts } = use;
  const file = `.ssh/${fileName(target)}`;
  const key = `"$HOME/${file}"`;
  const user = use.user.includes("{{") ? "USER" : use.user;
  const placeholders: Record<string, string> = user === "USER" ? { USER: "alice" } : {};
  const bits = keyBits === undefined ? "" : ` -b ${keyBits}`;
  return {
    title: `SSH logins with the role \`${role}\``,
    parts: [
      "Once, make a key:",
      commands([`ssh-keygen -t ${keyType}${bits} -f ${key}`]),
      "Have it signed. Do this again when the certificate has expired:",
      commands(signKey(path, key, [`valid_principals=${user}`], target), placeholders),
      commands(signKeyByCurl(path, key, { valid_principals: user }), placeholders),
      "Then log in. These lines in `~/.ssh/config` make `ssh HOST` enough:",
      {
        language: "ssh-config",
        text: [
          "Host HOST",
          `  User ${user}`,
          `  IdentityFile ~/${file}`,
          `  CertificateFile ~/${file}-cert.pub`,
          "  IdentitiesOnly yes",
        ].join("\n"),
        placeholders: { ...placeholders, HOST: `www.${hosts[0] ?? "example.com"}` },
      },
      commands(["ssh HOST"], { HOST: `www.${hosts[0] ?? "example.com"}` }),
      `\`ssh-keygen -L -f ~/${file}-cert.pub\` shows until when the certificate is valid.`,
      ...(hosts.length === 0
        ? []
        : [
            "The hosts have certificates too. With the authority's key, `ssh` asks about none of them:",
            commands([
              `printf '@cert-authority ${hosts.map((host) => `*.${host}`).join(",")} %s\\n' "$(api "$VAULT_ADDR/v1/${mount}/public_key")" >> ~/.ssh/known_hosts`,
            ]),
          ]),
    ],
  };
}

function sshHost({ role, domain }: Use<"ssh-host">, path: string, target: Target): Task {
  const key = "HOST_KEY";
  const placeholders = { HOST: `www.${domain}`, HOST_KEY: "/etc/ssh/ssh_host_ed25519_key" };
  return {
    title: `Certificates of SSH hosts with the role \`${role}\``,
    parts: [
      "On the host, which then names the certificate in `HostCertificate` of `sshd_config`:",
      commands(signKey(path, key, ["cert_type=host", "valid_principals=HOST"], target), placeholders),
      commands(signKeyByCurl(path, key, { cert_type: "host", valid_principals: "HOST" }), placeholders),
    ],
  };
}

function sshPassword({ role, user, example }: Use<"ssh-password">, path: string, { program }: Target): Task {
  const placeholders = { IP: example };
  return {
    title: `One-time SSH passwords with the role \`${role}\``,
    parts: [
      `\`key\` in the answer is a password for \`ssh ${user}@IP\`. The host accepts it once:`,
      commands([`${program} write ${path} ip=IP username=${user}`], placeholders),
      commands([`api --data '{"ip":"IP","username":"${user}"}' "$VAULT_ADDR/v1/${path}"`], placeholders),
    ],
  };
}

function database({ role, server, lifetime: seconds }: Use<"database">, path: string, target: Target): Task {
  const { program } = target;
  const lease =
    seconds === undefined
      ? ["The password changes regularly. Read it again each time."]
      : [
          `The user expires after ${lifetime(seconds)}. Until then, its lease can be renewed:`,
          commands([`${program} lease renew LEASE_ID`], { LEASE_ID: `${path}/1M2n3o` }),
        ];
  return {
    title: `The database \`${server.database ?? server.addresses[0] ?? ""}\` with the role \`${role}\``,
    parts: [
      "Request a user and its password:",
      ...readParts(path, target),
      "Connect with them. The client asks for the password:",
      commands([connection(server, seconds === undefined)], { USERNAME: "v-token-readonly-1M2n3o" }),
      ...lease,
    ],
  };
}

/** @param path Where they are created and listed. */
function secretIds({ role }: Use<"secret-ids">, path: string, { program }: Target): Task {
  const accessor = { ACCESSOR: "b3ee01ac-7f9c-4f7a-96f7-0b3aee3ce3f7" };
  return {
    title: `Secret IDs of the role \`${role}\``,
    parts: [
      "Create one, and hand the wrapping token over. Within an hour, it works once:",
      commands([`${program} write -wrap-ttl=1h -field=wrapping_token -f ${path}`]),
      commands([
        `api --header 'X-Vault-Wrap-TTL: 1h' --request POST "$VAULT_ADDR/v1/${path}" |`,
        String.raw`  sed -n 's/.*"wrap_info":{"token":"\([^"]*\)".*/\1/p'`,
      ]),
      "If it cannot be unwrapped, somebody else may have the secret ID: destroy it at once. Destroy the former one as soon as the program has the next. List the accessors:",
      commands([`${program} list ${path}`]),
      commands([`api --request LIST "$VAULT_ADDR/v1/${path}"`]),
      "`creation_time` tells which one it is:",
      commands([`${program} write ${path}-accessor/lookup secret_id_accessor=ACCESSOR`], accessor),
      commands([`api --data '{"secret_id_accessor":"ACCESSOR"}' "$VAULT_ADDR/v1/${path}-accessor/lookup"`], accessor),
      "Destroy it. Tokens of its logins stay valid until they expire:",
      commands([`${program} write ${path}-accessor/destroy secret_id_accessor=ACCESSOR`], accessor),
      commands([`api --data '{"secret_id_accessor":"ACCESSOR"}' "$VAULT_ADDR/v1/${path}-accessor/destroy"`], accessor),
    ],
  };
}

/** The client of a database. It verifies the name of the server; that of Redis only who signed its certificate. */
function connection({ engine, addresses, database: name = "" }: DatabaseServer, isStatic: boolean): string {
  if (engine === "postgresql")
    return `psql "postgresql://USERNAME@${addresses.join(",")}/${encodeURIComponent(name)}?sslmode=verify-full"`;
  if (engine === "mongodb") {
    // The engine creates logins in their database, and changes the passwords of users of admin.
    const parameters = isStatic ? "tls=true&authSource=admin" : "tls=true";
    return `mongosh "mongodb://${addresses.join(",")}/${encodeURIComponent(name)}?${parameters}" --username USERNAME`;
  }
  const [, host = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(addresses[0] ?? "") ?? [];
  switch (engine) {
    case "mssql":
      return `sqlcmd -S ${host},${port} -N -U USERNAME -d ${quoted(name)}`;
    case "mysql":
      return `mysql --host=${host} --port=${port} --user=USERNAME --password --ssl-mode=VERIFY_IDENTITY ${quoted(name)}`;
    case "mariadb":
      return `mariadb --host=${host} --port=${port} --user=USERNAME --password --ssl-verify-server-cert ${quoted(name)}`;
    case "redis":
    case "valkey":
      return `${engine}-cli --tls --sni ${host} -h ${host} -p ${port} --user USERNAME --askpass`;
    case "cassandra":
      return `cqlsh --ssl --username USERNAME --keyspace ${quoted(name)} ${host} ${port}`;
    case "influxdb":
      return `influx -ssl -host ${host} -port ${port} -username USERNAME -password '' -database ${quoted(name)}`;
  }
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
