import { isSystemRead, policyStatement, type RawStatement } from "../constructs/access/raw-statement";
import type { Product } from "../core/product";
import { changedConfiguration } from "../policy/engine-uses";
import { lintPolicy } from "../policy/policy-lint";
import type { WithLogins } from "./instance-logins";
import { engineMounts, instanceMounts, type EngineMount, type WithEngines } from "./instance-mounts";
import type { Report } from "./references";
import type { RoleLoginSpec } from "./sections/role-login";

/** An instance, as far as raw statements are concerned. */
interface CheckedInstance extends WithEngines, WithLogins {
  readonly product: Product;
  readonly roles?: readonly { readonly login?: RoleLoginSpec; readonly rawStatements?: readonly RawStatement[] }[];
}

/**
 * A raw statement is about an engine that the file describes. It must be able to do what it says, and must not configure the engine:
 * that is the duty of an admin, whose rights no other role gets.
 */
export function checkRawStatements(instance: CheckedInstance, report: Report): void {
  const engines = engineMounts(instance);
  const mounts = instanceMounts(instance);
  instance.roles?.forEach(({ rawStatements = [] }, role) => {
    rawStatements.forEach((statement, index) => {
      const field = ["roles", role, "rawStatements", index] as const;
      const refused = isSystemRead(statement.path) ? undefined : refusal(statement, engines);
      if (refused !== undefined) report([...field, "path"], refused);
      for (const { message } of lintPolicy([policyStatement(statement)], mounts)) report(field, message);
    });
  });
}

function refusal(statement: RawStatement, engines: readonly EngineMount[]): string | undefined {
  const { path } = statement;
  const mount = engines.find((engine) => path.startsWith(`${engine.path}/`));
  if (mount === undefined)
    return `"${path}" is not below an engine of the file; begin it with one of: ${engines.map((each) => `${each.path}/`).join(", ") || "none"}`;
  const changed = changedConfiguration(statement, mount);
  if (changed === undefined) return undefined;
  return `"${path}" would let the role change "${changed}", the configuration of an engine; narrow the path, or give the role the duty "security"`;
}
