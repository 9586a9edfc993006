import { describe, expect, test } from "vitest";
import { defineTenant } from "../../../src/tenant";
import { lintPolicy } from "../../../src/policy/policy-lint";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { instanceMounts } from "../../../src/tenant/instance-mounts";
import { all } from "../../support/all";
import { configOf } from "../../support/config";
import { fullInstance } from "../../support/full-instance";

describe.each(["openbao", "vault"] as const)("every policy that a tenant file writes for %s", (product) => {
  const spec = fullInstance(product);
  const { resource } = configOf(spec);
  const policies = Object.entries(resource.vault_policy ?? {}) as unknown as [string, { policy: string }][];

  test.each(all(policies.map(([name, { policy }]) => [name, policy] as const)))(
    "%s does what it says",
    (_name, policy) => {
      const [instance] = defineTenant({ name: "customer10", instances: [spec] }).instances;
      if (instance === undefined) throw new Error("There is no instance.");
      const text = policy
        .replaceAll("${vault_auth_backend.main_login.path}", "approle")
        .replaceAll(/\$\{[^}]*\}/g, "expression");
      const findings = lintPolicy(all(parsePolicy(text)), instanceMounts(instance));
      const own = findings.filter(({ message }) => !ON_PURPOSE.includes(message));
      expect(own.map(({ message }) => message)).toEqual([]);
    },
  );
});

/** Asked for on purpose: the engine's refusal of the deletion keeps the secrets, and says so. */
const ON_PURPOSE = [
  'The policy\'s path "kv/config" has the capability "delete", which no operation there needs; remove it.',
];
