import type { LoginUse } from "../contract/guide";
import { byAws, byAzure, byGcp } from "./cloud-logins";
import { commands, fileName, lifetime, TOKEN_OF_ANSWER, type Block, type Target } from "./section";

type Use<Kind extends LoginUse["kind"]> = Extract<LoginUse, { readonly kind: Kind }>;
type Part = string | Block;

/** How a client logs in as a role. */
export function loginParts(use: LoginUse, role: string, target: Target): Part[] {
  switch (use.kind) {
    case "password":
      return byPassword(use, target);
    case "appRole":
      return byAppRole(use, role, target);
    case "jwt":
      return byJwt(use, role, target);
    case "kubernetes":
      return byServiceAccount(use, role, target);
    case "certificate":
      return byCertificate(use, role, target);
    case "oidc":
      return byOidc(use, role, target);
    case "ldap":
      return byLdap(use, target);
    case "aws":
      return byAws(use, role, target);
    case "azure":
      return byAzure(use, role, target);
    case "gcp":
      return byGcp(use, role, target);
  }
}

function byPassword({ path, group, firstLoginTtl, mfa }: Use<"password">, { program }: Target): Part[] {
  const name = { NAME: "alice" };
  const at = path === "userpass" ? "" : ` -path=${path}`;
  return [
    `**With a password**, as a member of the group \`${group}\`. Names are in lower case.`,
    `The first time, you get a wrapping token from an admin. It works once, for ${lifetime(firstLoginTtl)} at most. With it, choose your password. First type the token, then the password; neither is shown:`,
    commands(
      [
        "read -rs WRAPPING_TOKEN &&",
        `  export VAULT_TOKEN=$(VAULT_TOKEN=$WRAPPING_TOKEN ${program} unwrap -field=token) &&`,
        "  read -rs PASSWORD &&",
        `  printf %s "$PASSWORD" | ${program} write auth/${path}/users/NAME/password password=-`,
        "unset WRAPPING_TOKEN VAULT_TOKEN PASSWORD",
      ],
      name,
    ),
    `If the token cannot be unwrapped, somebody else may have used it: tell the admin at once.${mfa === true ? "" : " Then, and each time later:"}`,
    ...(mfa === true ? secondFactor(program) : []),
    commands([`${program} login -method=userpass${at} username=NAME`], name),
    "To change your password, log in, and type another one:",
    commands(
      [
        "read -rs PASSWORD &&",
        `  printf %s "$PASSWORD" | ${program} write auth/${path}/users/NAME/password password=-`,
        "unset PASSWORD",
      ],
      name,
    ),
  ];
}

/** A person gets the secret of an authenticator app as a first password: wrapped, once. */
function secondFactor(program: string): Part[] {
  return [
    "You need an authenticator app as well. The admin gives you another wrapping token for it. Type the token, which is not shown. Then add an account to the app with the `secret` of the address, or with a QR code of the whole address:",
    commands([
      "read -rs WRAPPING_TOKEN &&",
      `  VAULT_TOKEN=$WRAPPING_TOKEN ${program} unwrap -field=url`,
      "unset WRAPPING_TOKEN",
    ]),
    "Anyone who has seen the address has your second factor: clear the terminal, and keep no copy. If the token cannot be unwrapped, tell the admin at once. If you lose the app, the admin gives you another token. To log in, type your password, and then a code of the app, which works once:",
  ];
}

/** Anyone who rewraps a secret ID that it has stolen cannot forge the path at which the wrapping was made. */
function byAppRole({ path, secretIdTtl, secretIdNumUses }: Use<"appRole">, role: string, target: Target): Part[] {
  const { program } = target;
  const ids = { ROLE_ID: "675a50e7-cfe0-be76-e35f-49ec009731ea" };
  const file = `${fileName(target)}-${role}-secret-id`;
  const made = `auth/${path}/role/${role}/secret-id`;
  const uses =
    secretIdNumUses === undefined ? "" : `, and after ${secretIdNumUses} ${secretIdNumUses === 1 ? "login" : "logins"}`;
  return [
    "**As a program**, with a role ID and a secret ID. The person who creates the secret ID gives you a wrapping token, which works once. Write the secret ID into a file that only you can read. Type the token, which is not shown:",
    commands([
      "read -rs WRAPPING_TOKEN &&",
      `  printf %s "$WRAPPING_TOKEN" | ${program} write -field=creation_path sys/wrapping/lookup token=- | grep ${made} &&`,
      `  (umask 077 && VAULT_TOKEN=$WRAPPING_TOKEN ${program} unwrap -field=secret_id > ${file})`,
      "unset WRAPPING_TOKEN",
    ]),
    commands([
      "read -rs WRAPPING_TOKEN &&",
      `  printf '{"token":"%s"}' "$WRAPPING_TOKEN" | api --data @- "$VAULT_ADDR/v1/sys/wrapping/lookup" | grep -o ${made} &&`,
      '  (umask 077 && VAULT_TOKEN=$WRAPPING_TOKEN api --request POST "$VAULT_ADDR/v1/sys/wrapping/unwrap" |',
      `    sed -n 's/.*"secret_id":"\\([^"]*\\)".*/\\1/p' | grep . > ${file})`,
      "unset WRAPPING_TOKEN",
    ]),
    `If the path \`${made}\` is not shown, or the token cannot be unwrapped, somebody else may have used it. Tell the person who gave it to you at once, so that the secret ID is destroyed. Otherwise log in. A secret ID expires after ${lifetime(secretIdTtl)}${uses}: ask for another one before:`,
    commands(
      [
        `export VAULT_TOKEN=$(printf %s "$(cat ${file})" | ${program} write -field=token auth/${path}/login role_id=ROLE_ID secret_id=-)`,
      ],
      ids,
    ),
    commands(
      [
        `export VAULT_TOKEN=$(printf '{"role_id":"ROLE_ID","secret_id":"%s"}' "$(cat ${file})" |`,
        `  api --data @- "$VAULT_ADDR/v1/auth/${path}/login" | ${TOKEN_OF_ANSWER})`,
      ],
      ids,
    ),
  ];
}

function byJwt(use: Use<"jwt">, role: string, { program }: Target): Part[] {
  const { platform, path, claims } = use;
  const claimed = Object.entries(claims).map(([name, value]) => `\`${name}\` is \`${value}\``);
  const { intro, pipeline, before } = tokenOfJob(use);
  return [
    `**As a job of ${platform}**, if ${claimed.join(", ")}. ${intro}`,
    ...pipeline,
    commands([
      ...before,
      `export VAULT_TOKEN=$(printf %s "$ID_TOKEN" | ${program} write -field=token auth/${path}/login role=${role} jwt=-)`,
    ]),
    commands([
      ...before,
      `export VAULT_TOKEN=$(printf '{"role":"${role}","jwt":"%s"}' "$ID_TOKEN" |`,
      `  api --data @- "$VAULT_ADDR/v1/auth/${path}/login" | ${TOKEN_OF_ANSWER})`,
    ]),
  ];
}

/** How a job gets the token with which it logs in: what the pipeline says, and commands of the job. */
function tokenOfJob({ platform, audience }: Use<"jwt">): { intro: string; pipeline: Block[]; before: string[] } {
  const yaml = (text: string): Block => ({ language: "yaml", text, placeholders: {} });
  if (platform === "gitlab")
    return {
      intro: "It asks for a token in `.gitlab-ci.yml`, and logs in with it:",
      pipeline: [yaml(`id_tokens:\n  ID_TOKEN:\n    aud: ${JSON.stringify(audience)}`)],
      before: [],
    };
  if (platform !== "github")
    return { intro: `\`ID_TOKEN\` is its token for the audience \`${audience}\`.`, pipeline: [], before: [] };
  return {
    intro: "It needs a permission, asks for a token, and logs in with it:",
    pipeline: [yaml("permissions:\n  id-token: write")],
    before: [
      `ID_TOKEN=$(printf 'Authorization: bearer %s' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" |`,
      `  curl --silent --show-error --fail --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience)}" |`,
      String.raw`  sed -n 's/.*"value" *: *"\([^"]*\)".*/\1/p')`,
    ],
  };
}

function byServiceAccount(use: Use<"kubernetes">, role: string, { program }: Target): Part[] {
  const { path, namespace, serviceAccount, audience } = use;
  const file = { TOKEN_FILE: "/var/run/secrets/vault/token" };
  const volume = [
    `serviceAccountName: ${serviceAccount}`,
    "volumes:",
    "  - name: vault",
    "    projected:",
    "      sources:",
    `        - serviceAccountToken: { path: token, audience: ${JSON.stringify(audience)}, expirationSeconds: 600 }`,
  ];
  return [
    `**As a pod** with the service account \`${serviceAccount}\` in the namespace \`${namespace}\`. Mount this volume, such as at \`/var/run/secrets/vault\`:`,
    { language: "yaml", text: volume.join("\n"), placeholders: {} },
    "The pod logs in with the token in it:",
    commands(
      [`export VAULT_TOKEN=$(${program} write -field=token auth/${path}/login role=${role} jwt=@TOKEN_FILE)`],
      file,
    ),
    commands(
      [
        `export VAULT_TOKEN=$(printf '{"role":"${role}","jwt":"%s"}' "$(cat TOKEN_FILE)" |`,
        `  api --data @- "$VAULT_ADDR/v1/auth/${path}/login" | ${TOKEN_OF_ANSWER})`,
      ],
      file,
    ),
  ];
}

function byCertificate({ path, commonName }: Use<"certificate">, role: string, { program }: Target): Part[] {
  const files = { CERTIFICATE_FILE: "web.pem", KEY_FILE: "web.key" };
  return [
    `**With a TLS certificate** whose common name is \`${commonName}\`.`,
    commands(
      [
        `export VAULT_TOKEN=$(${program} login -method=cert -path=${path} -client-cert=CERTIFICATE_FILE -client-key=KEY_FILE -token-only name=${role})`,
      ],
      files,
    ),
    commands(
      [
        `export VAULT_TOKEN=$(api --cert CERTIFICATE_FILE --key KEY_FILE --data '{"name":"${role}"}' "$VAULT_ADDR/v1/auth/${path}/login" |`,
        `  ${TOKEN_OF_ANSWER})`,
      ],
      files,
    ),
  ];
}

/** Where the command waits for the browser. */
const CALLBACK = "http://localhost:8250/oidc/callback";

function byOidc({ path, group, redirectUris, tokens }: Use<"oidc">, role: string, { program }: Target): Part[] {
  const intro = [
    `**At your organization's login**, as a member of the group \`${group}\`.`,
    ...(tokens === undefined ? [] : [ofGroups(tokens)]),
  ].join(" ");
  const written = tokens === undefined ? `write the role \`${role}\`` : "leave the role empty";
  if (!redirectUris.includes(CALLBACK))
    return [`${intro} On the instance's page, choose the method OIDC and ${written}.`];
  const chosen = tokens === undefined ? ` role=${role}` : "";
  return [`${intro} The command opens a browser:`, commands([`${program} login -method=oidc -path=${path}${chosen}`])];
}

function byLdap({ path, group, tokens }: Use<"ldap">, { program }: Target): Part[] {
  return [
    `**With your password in the directory** (LDAP), as a member of the group \`${group}\`. ${ofGroups(tokens)} The command asks for the password, which is not shown:`,
    commands([`${program} login -method=ldap -path=${path} username=NAME`], { NAME: "alice" }),
  ];
}

/** What tokens of people are who have chosen no role. */
function ofGroups({ ttl, maxTtl }: { readonly ttl: number; readonly maxTtl?: number }): string {
  const end = maxTtl === undefined ? "can be neither renewed nor ended" : `can be renewed up to ${lifetime(maxTtl)}`;
  return `A token has the rights of all your groups. It is valid for ${lifetime(ttl)}, and ${end}.`;
}
