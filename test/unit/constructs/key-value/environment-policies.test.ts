import fc from "fast-check";
import { expect, test } from "vitest";
import { environmentPolicies, type EnvironmentPolicy } from "../../../../src/constructs/key-value/environment-policies";
import { ValidationError, type KeyValueOrganizationProps } from "../../../../src/index";

/** Few names, of which many are confused. */
const name = fc.constantFrom("a", "b", "a-a", "a-b", "ab", "admin", "user", "a-user");
const environments = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const app = fc
  .record({ name, environments, protects: fc.boolean(), environmentPolicies: fc.boolean() })
  .map(({ protects, ...rest }) => ({
    ...rest,
    protectedEnvironments: protects ? rest.environments.slice(0, 1) : [],
  }));
const organizations = fc.uniqueArray(
  fc.record({ name, apps: fc.uniqueArray(app, { maxLength: 2, selector: (each) => each.name }) }),
  { maxLength: 2, selector: (each) => each.name },
);

function policiesOf(given: readonly KeyValueOrganizationProps[]): EnvironmentPolicy[] | undefined {
  try {
    return environmentPolicies(given);
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}

test("environments that are accepted cannot be confused, and only its own policies allow a protected one", () => {
  let accepted = 0;
  fc.assert(
    fc.property(organizations, (given) => {
      const policies = policiesOf(given);
      if (policies === undefined) return;
      accepted++;
      const names = policies.map((policy) => policy.name);
      expect(new Set(names).size).toBe(names.length);
      const all = given.flatMap((organization) =>
        organization.apps.flatMap(({ name: owner, environments: own, protectedEnvironments }) =>
          own.map((environment) => ({
            name: `${owner}-${environment}`,
            folder: `${organization.name}/${owner}/${owner}-${environment}`,
            isProtected: protectedEnvironments.includes(environment),
          })),
        ),
      );
      for (const each of all) {
        expect(all.filter((other) => other.name.startsWith(each.name))).toEqual([each]);
        const allowing = policies.filter(({ folders }) => folders.includes(each.folder)).map((policy) => policy.name);
        expect(allowing.length).toBeGreaterThan(0);
        if (each.isProtected) expect(allowing).toEqual([`${each.name}-admin`, `${each.name}-user`]);
      }
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(50);
});
