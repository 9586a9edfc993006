import type { GuidedStatement, StatementUse } from "../contract/guide";
import { commands, type Block, type Target } from "./section";
import { clientPath } from "./templates";

type Use = Extract<StatementUse, { readonly kind: "secrets" }>;

/** What a capability on a part of the API is for. */
interface Action {
  readonly part: string;
  readonly capability: string;
  readonly text: string;
  /** Commands, from the mount and the name below it, and the URL of the request. */
  readonly cli: (program: string, mount: string, name: string) => readonly string[];
  readonly curl: (url: string) => readonly string[];
}

/** One list of commands, because a pasted line after `read` would be what it reads. */
const READ_VALUE = "read -rs VALUE &&";
const BODY = `{"data":{"KEY":"%s"}}`;

const ACTIONS: readonly Action[] = [
  {
    part: "metadata",
    capability: "list",
    text: "List what is there:",
    cli: (program, mount, name) => [`${program} kv list -mount=${mount} "${name.replace(/\/SECRET$/, "")}"`],
    curl: (url) => [`api --request LIST "${url.replace(/\/SECRET$/, "")}"`],
  },
  {
    part: "data",
    capability: "create",
    text: "Write a secret, whose value you type. What it had before stays as a former version:",
    cli: (program, mount, name) => [
      READ_VALUE,
      `  printf %s "$VALUE" | ${program} kv put -mount=${mount} "${name}" KEY=-`,
    ],
    curl: (url) => [READ_VALUE, `  printf '${BODY}' "$VALUE" | api --data @- "${url}"`],
  },
  {
    part: "data",
    capability: "patch",
    text: "Change one key and keep the others:",
    cli: (program, mount, name) => [
      READ_VALUE,
      `  printf %s "$VALUE" | ${program} kv patch -mount=${mount} "${name}" KEY=-`,
    ],
    curl: (url) => [
      READ_VALUE,
      `  printf '${BODY}' "$VALUE" |`,
      `    api --request PATCH --header 'Content-Type: application/merge-patch+json' --data @- "${url}"`,
    ],
  },
  {
    part: "data",
    capability: "read",
    text: "Read a secret:",
    cli: (program, mount, name) => [`${program} kv get -mount=${mount} "${name}"`],
    curl: (url) => [`api "${url}"`],
  },
  {
    part: "metadata",
    capability: "read",
    text: "See its versions:",
    cli: (program, mount, name) => [`${program} kv metadata get -mount=${mount} "${name}"`],
    curl: (url) => [`api "${url}"`],
  },
  {
    part: "data",
    capability: "delete",
    text: "Delete the newest version, which can be restored:",
    cli: (program, mount, name) => [`${program} kv delete -mount=${mount} "${name}"`],
    curl: (url) => [`api --request DELETE "${url}"`],
  },
  {
    part: "delete",
    capability: "update",
    text: "Delete one version, which can be restored:",
    cli: (program, mount, name) => [`${program} kv delete -mount=${mount} -versions=1 "${name}"`],
    curl: (url) => [`api --data '{"versions":[1]}' "${url}"`],
  },
  {
    part: "undelete",
    capability: "update",
    text: "Restore a version:",
    cli: (program, mount, name) => [`${program} kv undelete -mount=${mount} -versions=1 "${name}"`],
    curl: (url) => [`api --data '{"versions":[1]}' "${url}"`],
  },
  {
    part: "destroy",
    capability: "update",
    text: "Destroy a version for good:",
    cli: (program, mount, name) => [`${program} kv destroy -mount=${mount} -versions=1 "${name}"`],
    curl: (url) => [`api --data '{"versions":[1]}' "${url}"`],
  },
  {
    part: "metadata",
    capability: "update",
    text: "Keep fewer versions of it:",
    cli: (program, mount, name) => [`${program} kv metadata put -mount=${mount} -max-versions=5 "${name}"`],
    curl: (url) => [`api --data '{"max_versions":5}' "${url}"`],
  },
  {
    part: "metadata",
    capability: "delete",
    text: "Delete it with all its versions, for good:",
    cli: (program, mount, name) => [`${program} kv metadata delete -mount=${mount} "${name}"`],
    curl: (url) => [`api --request DELETE "${url}"`],
  },
];

/** What is done with the secrets of a folder. Each block has the command, and the request without it. */
export function secretParts(
  { mount, folder }: Use,
  statements: readonly GuidedStatement[],
  { program }: Target,
): (string | Block)[] {
  const { path: name, before, placeholders } = clientPath(`${folder}/SECRET`, program);
  const words: Record<string, string> = { ...placeholders, SECRET: "smtp", KEY: "password" };
  const block = (lines: readonly string[]): Block => {
    const text = lines.join("\n");
    const used = Object.entries(words).filter(([word]) => text.includes(word));
    return commands([...before, ...lines], Object.fromEntries(used));
  };
  return ACTIONS.flatMap(({ part, capability, text, cli, curl }) => {
    const below = statements.find(
      ({ path, capabilities }) =>
        path.startsWith(`${mount}/${part}/`) && path.endsWith("/*") && capabilities.includes(capability),
    );
    if (below === undefined) return [];
    const { path } = clientPath(below.path.replace(/\*$/, "SECRET"), program);
    return [text, block(cli(program, mount, name)), block(curl(`$VAULT_ADDR/v1/${path}`))];
  });
}
