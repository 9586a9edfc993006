import { isDeepStrictEqual } from "node:util";
import type { GuidedInstance, GuidedRole, GuidedStatement } from "../contract/guide";
import { PROGRAMS } from "../core/product";
import { loginParts } from "./logins";
import { commands, fileName, lifetime, type Block, type Section, type Target } from "./section";
import { taskOf, type Task } from "./uses";

/** The page for the people of an instance. It contains no secret. */
export interface Guide extends Omit<Target, "program"> {
  readonly product: GuidedInstance["product"];
  readonly sections: readonly Section[];
}

/** What a guide is about, besides what the stack says. */
export interface GuideOptions {
  /** `<tenant>/<instance>`. */
  readonly instance: string;
  /** PEM certificates of the authority of the servers. @default - clients trust it already, or get it elsewhere */
  readonly caCertificate?: string | undefined;
}

/** Makes the page of an instance. Paths are those of the policies of its roles, and commands those of its product. */
export function guideOf(guided: GuidedInstance, { instance, caCertificate }: GuideOptions): Guide {
  const { product, address, namespace, roles } = guided;
  const about = { instance, address, namespace, caCertificate };
  const target: Target = { ...about, program: PROGRAMS[product] };
  return {
    ...about,
    product,
    sections: [setUp(target), ...roles.flatMap((role) => roleSections(role, target)), session(target)],
  };
}

function setUp(target: Target): Section {
  const { program, address, namespace, caCertificate } = target;
  const file = `${fileName(target)}-ca.pem`;
  const trusted =
    caCertificate === undefined
      ? []
      : [`cat > ${file} <<'END'`, caCertificate.trim(), "END", `export VAULT_CACERT=$PWD/${file}`];
  const headers = [
    // The command keeps the token of a login there.
    `--header @<(printf 'X-Vault-Token: %s\\n' "\${VAULT_TOKEN:-$(cat ~/.vault-token 2>/dev/null)}")`,
    ...(namespace === undefined ? [] : ['--header "X-Vault-Namespace: $VAULT_NAMESPACE"']),
    ...(caCertificate === undefined ? [] : ['--cacert "$VAULT_CACERT"']),
  ];
  return {
    title: "Set up",
    level: 2,
    parts: [
      `Install \`${program}\`, or use \`curl\` alone: a block with \`api\` does the same as the one above it. Run this in each new terminal, with \`bash\` or \`zsh\`:`,
      commands([
        `export VAULT_ADDR=${address}`,
        ...(namespace === undefined ? [] : [`export VAULT_NAMESPACE=${namespace}`]),
        ...trusted,
      ]),
      caCertificate === undefined
        ? "If your computer does not trust the certificate of the servers, ask the operator for the certificate of its authority, and set `VAULT_CACERT` to the file. For `curl`, set `CURL_CA_BUNDLE` too."
        : `The file is the certificate of the authority of the servers. Browsers need it as well: import it, for websites alone. Its fingerprint, which the operator can confirm, is in the output of \`openssl x509 -in ${file} -noout -fingerprint -sha256\`.`,
      "`api` sends a request with your token. Others on the machine do not see the token, because no program gets it as an argument:",
      commands(["api() {", `  curl --silent --show-error --fail-with-body ${headers.join(" ")} "$@"`, "}"]),
    ],
  };
}

function roleSections(role: GuidedRole, target: Target): Section[] {
  const { name, duty, tokenTtl, tokenMaxTtl, logins } = role;
  const own = logins.some((login) => login.kind !== "password" && !("tokens" in login))
    ? [`A token is valid for ${lifetime(tokenTtl)}, and can be renewed up to ${lifetime(tokenMaxTtl)}.`]
    : [];
  const unknown = logins.length === 0 ? ["Ask the operator how to log in."] : [];
  const { tasks, others } = tasksOf(role, target);
  return [
    {
      title: `The role \`${name}\``,
      level: 2,
      parts: [
        ...(duty === undefined ? [] : [`It administers the instance, with the duty \`${duty}\`.`]),
        ...own,
        ...unknown,
        ...logins.flatMap((login) => loginParts(login, name, target)),
      ],
    },
    ...tasks.map(({ title, parts }): Section => ({ title, level: 3, parts })),
    ...(others.length === 0 ? [] : [otherRights(others)]),
  ];
}

/** Statements of one use are one task, and so are the two requests for certificates of a role. */
function tasksOf({ statements }: GuidedRole, target: Target): { tasks: Task[]; others: GuidedStatement[] } {
  const groups: { key: object; statements: GuidedStatement[] }[] = [];
  for (const statement of statements) {
    const { use } = statement;
    if (use === undefined) continue;
    const key = use.kind === "certificate" ? { ...use, request: "any" } : use;
    const group = groups.find((each) => isDeepStrictEqual(each.key, key));
    if (group === undefined) groups.push({ key, statements: [statement] });
    else group.statements.push(statement);
  }
  const tasks = groups.flatMap((group) => {
    const use = group.statements[0]?.use;
    return use === undefined ? [] : [taskOf(use, group.statements, target)];
  });
  return { tasks, others: statements.filter(({ use }) => use === undefined) };
}

function otherRights(statements: readonly GuidedStatement[]): Section {
  const rows = statements.map(
    ({ path, capabilities, reason }) =>
      `| \`${path}\` | ${capabilities.join(", ")} | ${reason.replaceAll("\n", " ")} |`,
  );
  return {
    title: "Other rights",
    level: 3,
    parts: [["| path | may | for |", "| --- | --- | --- |", ...rows].join("\n")],
  };
}

function session({ program }: Target): Section {
  const block = (line: string): Block => commands([line]);
  return {
    title: "Your token",
    level: 2,
    parts: [
      "See until when it is valid, and what it may do:",
      block(`${program} token lookup`),
      block('api "$VAULT_ADDR/v1/auth/token/lookup-self"'),
      "Renew it before it expires. Afterwards, log in again:",
      block(`${program} token renew`),
      block('api --request POST "$VAULT_ADDR/v1/auth/token/renew-self"'),
      "End it when you are done. Credentials of databases that were requested with it end too. Certificates stay valid until they expire:",
      block(`${program} token revoke -self`),
      block('api --request POST "$VAULT_ADDR/v1/auth/token/revoke-self"'),
    ],
  };
}
