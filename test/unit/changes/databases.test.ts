import { describe, expect, test } from "vitest";
import { type InstanceSpec } from "../../../src/tenant";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

type Setting = Readonly<Record<string, unknown>>;

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  databases: [
    {
      name: "orders",
      engine: "postgresql",
      host: "postgres.customer10.internal",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "customer10/postgresql", field: "password" },
      roles: [],
      staticRoles: [{ name: "batch", username: "batch_user", rotationSchedule: "0 3 * * SAT", rotationWindow: "2h" }],
    },
  ],
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));

const BATCH = "vault_database_secret_backend_static_role.main_database_orders_static_role_batch";
const field = (name: string): string => `databases.0.staticRoles.0.${name}`;

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "DynamicDbStaticRoleProps.rotationSchedule",
    {},
    { [field("rotationSchedule")]: "0 4 * * *" },
    [`update ${BATCH}: rotation_schedule`],
  ],
  [
    "DynamicDbStaticRoleProps.rotationWindow",
    {},
    { [field("rotationWindow")]: REMOVED },
    [`update ${BATCH}: rotation_window`],
  ],
];

describe("schedules of a tenant file", () => testChanges(config, CHANGES));

test("DynamicDbProps.product: the other product is refused", () => {
  expect(() => config({ product: "openbao" })).toThrow(
    /instances\[0\]\.databases\[0\]\.staticRoles\[0\]: .* has a rotationSchedule, which OpenBao does not know/,
  );
});
