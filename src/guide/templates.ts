const TEMPLATE = /\{\{\s*identity\.([^}\s]+)\s*\}\}/g;

/** Templates of the client's identity that a client can look up. */
const KNOWN: Readonly<Record<string, string>> = { "entity.id": "entity_id" };

/** A path as a client writes it. */
export interface ClientPath {
  readonly path: string;
  /** Commands that find out what the path needs. */
  readonly before: readonly string[];
  readonly placeholders: Readonly<Record<string, string>>;
}

/** Replaces the templates of a policy's path. The server fills them in, and a client writes what it filled in. */
export function clientPath(path: string, program: string): ClientPath {
  const before = new Set<string>();
  const placeholders: Record<string, string> = {};
  const written = path.replace(TEMPLATE, (_template, name: string) => {
    const field = KNOWN[name];
    const word = name.replaceAll(/[^A-Za-z0-9]+/g, "_").toUpperCase();
    if (field === undefined) {
      placeholders[word] = name.split(".").at(-1) ?? "";
      return word;
    }
    before.add(`${word}=$(${program} read -field=${field} auth/token/lookup-self)`);
    return `$${word}`;
  });
  return { path: written, before: [...before], placeholders };
}
