import type { z } from "zod";

interface Named {
  readonly name: string;
}

/** The part of an instance that names other parts of it. */
interface Referring {
  readonly pki?: { readonly mount?: string; readonly roles: readonly Named[] };
  readonly ssh?: { readonly mount?: string; readonly roles: readonly Named[] };
  readonly databases?: readonly (Named & { readonly roles: readonly Named[] })[];
  readonly keyValue?: readonly { readonly mount?: string }[];
  readonly roles?: readonly (Named & {
    readonly certificates?: readonly string[];
    readonly ssh?: readonly string[];
    readonly databases?: readonly string[];
    readonly read?: readonly string[];
    readonly write?: readonly string[];
  })[];
}

/** Everything that a role may name exists, and no engine's mount is within another's. */
export function checkReferences(instance: Referring, context: z.RefinementCtx): void {
  const complain = (path: PropertyKey[], message: string): void => context.addIssue({ code: "custom", path, message });

  const mounts = mountsOf(instance);
  mounts.forEach((mount, index) => {
    const other = mounts.slice(0, index).find((earlier) => isBelow(mount, earlier) || isBelow(earlier, mount));
    if (other !== undefined) {
      complain(
        [],
        `two engines are mounted at "${other}" and "${mount}"; give one of them a mount that is not within the other's`,
      );
    }
  });

  const known = {
    certificates: namesOf(instance.pki?.roles),
    ssh: namesOf(instance.ssh?.roles),
    databases: (instance.databases ?? []).flatMap(({ name, roles }) => roles.map((role) => `${name}/${role.name}`)),
  };
  const trees = (instance.keyValue ?? []).map(({ mount }) => mount ?? "kv");
  (instance.roles ?? []).forEach((role, roleIndex) => {
    for (const field of ["certificates", "ssh", "databases"] as const) {
      role[field]?.forEach((name, index) => {
        if (!known[field].includes(name))
          complain(["roles", roleIndex, field, index], `"${name}" does not exist; there are: ${list(known[field])}`);
      });
    }
    for (const field of ["read", "write"] as const) {
      role[field]?.forEach((folder, index) => {
        if (!trees.some((mount) => folder.startsWith(`${mount}/`))) {
          complain(
            ["roles", roleIndex, field, index],
            `"${folder}" is in none of the keyValue mounts; begin it with one of: ${list(trees)}`,
          );
        }
      });
    }
  });
}

/** Whether a path is another one, or below it. */
function isBelow(path: string, other: string): boolean {
  return `${path}/`.startsWith(`${other}/`);
}

function mountsOf({ pki, ssh, databases = [], keyValue = [] }: Referring): string[] {
  return [
    ...(pki === undefined ? [] : [pki.mount ?? "pki"]),
    ...(ssh === undefined ? [] : [ssh.mount ?? "ssh"]),
    ...databases.map(({ name }) => `database/${name}`),
    ...keyValue.map(({ mount }) => mount ?? "kv"),
  ];
}

function namesOf(items: readonly Named[] | undefined): string[] {
  return (items ?? []).map(({ name }) => name);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
