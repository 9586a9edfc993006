import { expect, test } from "vitest";
import { checkMachines } from "../../../../src/operations/preflight/check-machines";
import { VAULT } from "../../../support/synthesized-stacks";

const CLUSTER = {
  name: "customer10-cluster",
  json: {
    provider: { openstack: [{}] },
    resource: {
      terraform_data: {
        cluster_kubespray: {
          provisioner: [{ "local-exec": { command: "node main.js kubespray customer10" } }],
          triggers_replace: { description: { tenant: "customer10", version: "2.32.0", needsCloud: true } },
        },
      },
    },
  },
};

test("names the cloud, Kubespray and its credentials at once", () => {
  expect(checkMachines([CLUSTER, VAULT], {})).toEqual([
    expect.stringMatching(/^customer10-cluster use OpenStack, but the environment names no cloud; set OS_CLOUD/),
    expect.stringMatching(/^No Kubespray is named; set TENANT_VAULT_KUBESPRAY/),
    expect.stringMatching(/^Kubespray needs the cloud's credentials for the volumes of customer10: set /),
  ]);
});

test("needs nothing for a tenant without machines", () => {
  expect(checkMachines([VAULT], {})).toEqual([]);
});
