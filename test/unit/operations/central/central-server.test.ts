import { expect, test } from "vitest";
import { CentralError } from "../../../../src/central/client";
import { asCentral, findActiveCentral } from "../../../../src/operations/central/central-server";
import { ReplicaError } from "../../../../src/vault/errors";
import { SimulatedCentral } from "../../../support/simulated-central";

test.each([
  ["denied", "policy"],
  ["untrusted", "VAULT_CACERT"],
  ["sealed", "central unseal"],
  ["unreachable", "check the address"],
  ["refused", "read its log"],
] as const)("a failure (%s) names the server and the fix", async (failure, fix) => {
  const server = new SimulatedCentral("a").server(0);
  const failed = asCentral(server, () => Promise.reject(new ReplicaError(failure, "its words")));
  await expect(failed).rejects.toBeInstanceOf(CentralError);
  await expect(failed).rejects.toMatchObject({ code: `central-${failure}` });
  await expect(failed).rejects.toThrow(/https:\/\/a:8200 .*\(its words\)/);
  await expect(failed).rejects.toThrow(fix);
});

test("another error stays what it is", async () => {
  const error = new Error("a defect");
  const failed = asCentral(new SimulatedCentral("a").server(0), () => Promise.reject(error));
  await expect(failed).rejects.toBe(error);
});

test("the active server is found, though others are sealed or away", async () => {
  const central = new SimulatedCentral("a", "b", "c");
  central.server(0).up = false;
  central.server(1).sealed = true;
  expect(await findActiveCentral(central.servers)).toBe(central.server(2));
  central.sealAll();
  await expect(findActiveCentral(central.servers)).rejects.toMatchObject({ code: "central-unreachable" });
});
