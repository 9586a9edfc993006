import { expect, test } from "vitest";
import { findActive } from "../../../src/operations/active";
import type { OperationContext } from "../../../src/operations/context";
import { ReplicaError } from "../../../src/vault/errors";

const REPLICAS = ["a", "b"].map((name) => ({ name, address: `https://${name}:8200` }));

/** Replicas that answer with whether they are active, or with an error. */
function contextOf(...answers: readonly (boolean | ReplicaError)[]) {
  const replica = ({ name }: { readonly name: string }) => {
    const answer = answers[REPLICAS.findIndex((each) => each.name === name)];
    return {
      leader: () => (answer instanceof ReplicaError ? Promise.reject(answer) : Promise.resolve({ isSelf: answer })),
    };
  };
  return { instance: { replicas: REPLICAS }, replica } as unknown as Pick<OperationContext, "instance" | "replica">;
}

const AWAY = new ReplicaError("unreachable", "no answer");

test("is the replica that says so, although others are away", async () => {
  expect(await findActive(contextOf(AWAY, true))).toBe(REPLICAS[1]);
});

test("fails for a while without one", async () => {
  await expect(findActive(contextOf(AWAY, false))).rejects.toMatchObject({ failure: "unreachable", retryable: true });
});

test("fails with what waiting does not mend", async () => {
  const denied = new ReplicaError("denied", "no");
  await expect(findActive(contextOf(denied, true))).rejects.toBe(denied);
});
