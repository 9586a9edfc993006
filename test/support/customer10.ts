import type { Tenant } from "../../src/tenant";
import example from "../../tenants/customer10";

/** The example tenant in a domain of the tests, because the example follows the operator's file. */
export const customer10: Tenant = {
  ...example,
  instances: example.instances.map((instance) => ({
    ...instance,
    address: `https://${example.name}.customers.operator.example:8200`,
  })),
};
