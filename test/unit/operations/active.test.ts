import { expect, test } from "vitest";
import { activeAddress, findActive } from "../../../src/operations/active";
import type { OperationContext } from "../../../src/operations/context";
import { ReplicaError } from "../../../src/vault/errors";

const REPLICAS = ["a", "b"].map((name) => ({ name, address: `https://${name}:8200` }));

/** Replicas that answer with whether they are active, or with an error. */
function contextOf(...answers: readonly (boolean | ReplicaError)[]) {
  const replica = ({ name }: { readonly name: string }) => {
    const answer = answers[REPLICAS.findIndex((each) => each.name === name)];
    return {
      leader: () =>
        answer instanceof ReplicaError
          ? Promise.reject(answer)
          : Promise.resolve({ isSelf: answer, address: `https://${answer ? "10.0.0.7" : "of-a-former-leader"}:8200` }),
    };
  };
  return { instance: { replicas: REPLICAS }, replica } as unknown as Pick<OperationContext, "instance" | "replica">;
}

const AWAY = new ReplicaError("unreachable", "no answer");

test("is the replica that says so, although others are away", async () => {
  expect(await findActive(contextOf(AWAY, true))).toBe(REPLICAS[1]);
});

test("has the address that it tells itself, and not the one that another replica tells", async () => {
  expect(await activeAddress(contextOf(false, true))).toBe("https://10.0.0.7:8200");
});

test.each([findActive, activeAddress])("fails for a while without one (%o)", async (find) => {
  await expect(find(contextOf(AWAY, false))).rejects.toMatchObject({ failure: "unreachable", retryable: true });
});

test("fails with what waiting does not mend", async () => {
  const denied = new ReplicaError("denied", "no");
  await expect(findActive(contextOf(denied, true))).rejects.toBe(denied);
});
