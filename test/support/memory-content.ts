import { Secret } from "../../src/core/secret";
import type { Content, ContentRequests } from "../../src/vault/content";

/** What a server has at its paths, in memory. Folders are the beginnings of paths. It knows no versions of secrets but those given. */
export class MemoryContent implements ContentRequests {
  readonly written: [path: string, body: object][] = [];
  readonly removed: string[] = [];
  /** Called before each request, to fail it. */
  onRequest: (path: string) => void = () => undefined;

  constructor(readonly objects: Record<string, Content> = {}) {}

  read(path: string, version?: number): Promise<Content | undefined> {
    return this.answer(path, () => this.objects[version === undefined ? path : `${path}?version=${version}`]);
  }

  list(path: string): Promise<readonly string[]> {
    return this.answer(path, () => namesIn(this.objects, path));
  }

  write(path: string, body: object): Promise<Content | undefined> {
    return this.answer(path, () => {
      this.written.push([path, body]);
      if (path.startsWith("identity/lookup/")) return identityWith(this.objects, path, { ...body });
      this.objects[path] = { ...body };
      return undefined;
    });
  }

  patch(path: string, changes: object): Promise<void> {
    return this.answer(path, () => {
      this.written.push([path, changes]);
      this.objects[path] = merged(this.objects[path] ?? {}, changes);
    });
  }

  remove(path: string): Promise<void> {
    return this.answer(path, () => void this.removed.push(path));
  }

  makeToken(policies: readonly string[], period: number): Promise<Secret> {
    return this.answer("auth/token/create-orphan", () => {
      this.written.push(["auth/token/create-orphan", { policies, period }]);
      return new Secret("temporary");
    });
  }

  renewToken(): Promise<void> {
    return this.answer("auth/token/renew-self", () => void this.written.push(["auth/token/renew-self", {}]));
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  private async answer<Result>(path: string, work: () => Result): Promise<Result> {
    await Promise.resolve();
    this.onRequest(path);
    return work();
  }
}

/** What `identity/lookup/entity` and `identity/lookup/group` answer. */
function identityWith(objects: Readonly<Record<string, Content>>, path: string, query: Content): Content | undefined {
  const { name, alias_name: alias, alias_mount_accessor: accessor } = query as Readonly<Record<string, string>>;
  const named = path.replace(/lookup\/(.*)$/, "$1/name/");
  return Object.entries(objects).find(([place, { alias: one, aliases = one === undefined ? [] : [one] }]) => {
    if (!place.startsWith(named)) return false;
    return alias === undefined
      ? place === `${named}${name}`
      : (aliases as readonly Content[]).some(
          (each) => String(each.name).toLowerCase() === alias.toLowerCase() && each.mount_accessor === accessor,
        );
  })?.[1];
}

/** JSON merge patch, of objects alone. */
export function merged(content: Content, changes: object): Content {
  const entries = Object.entries(changes as Content).map(([key, value]): [string, unknown] => {
    const former = content[key] ?? {};
    return [key, isObject(value) && isObject(former) ? merged(former, value) : value];
  });
  return { ...content, ...Object.fromEntries(entries) };
}

function isObject(value: unknown): value is Content {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names of objects and folders in a folder. */
export function namesIn(objects: Readonly<Record<string, Content>>, path: string): readonly string[] {
  const folder = `${path.replace(/\/$/, "")}/`;
  const names = Object.keys(objects)
    .filter((each) => each.startsWith(folder) && !each.includes("?"))
    .map((each) => /^[^/]+\/?/.exec(each.slice(folder.length))?.[0] ?? "");
  return [...new Set(names)].sort();
}

/** The lists of mounts of a server. */
export function mountsOf(
  engines: Record<string, { readonly type: string; readonly version?: string }>,
  logins: Record<string, { readonly type: string }> = {},
): Record<string, Content> {
  const list = (mounts: Record<string, { readonly type: string; readonly version?: string }>): Content =>
    Object.fromEntries(
      Object.entries(mounts).map(([path, { type, version }]) => [
        `${path}/`,
        { type, accessor: `accessor-${path}`, config: {}, options: version === undefined ? null : { version } },
      ]),
    );
  return { "sys/mounts": list(engines), "sys/auth": list(logins) };
}
