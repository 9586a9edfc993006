import { expect, test } from "vitest";
import { explainDenial } from "../../../../src/operations/authorities/authority-denied";
import { ReplicaError } from "../../../../src/vault/errors";

const context = { store: { path: "customer10/main" } } as Parameters<typeof explainDenial>[0];

function failing(error: Error): Promise<unknown> {
  return explainDenial(context, "pki", () => Promise.reject(error));
}

test("a denial says which stacks to deploy", async () => {
  const denial = new ReplicaError("denied", "permission denied");
  await expect(failing(denial)).rejects.toMatchObject({
    code: "authority-denied",
    cause: denial,
    message:
      "The identity apply of customer10/main may not import a CA into the mount pki yet; deploy the stack customer10-vault, and then customer10-config.",
  });
});

test("all else is as it was", async () => {
  expect(await explainDenial(context, "pki", () => Promise.resolve("done"))).toBe("done");
  const refusal = new ReplicaError("refused", "no such key");
  await expect(failing(refusal)).rejects.toBe(refusal);
});
