import { describe, expect, test } from "vitest";
import type { OperationContext } from "../../../src/operations/context";
import { stateOfNewMember } from "../../../src/operations/seen";
import { unsealInstance } from "../../../src/operations/unseal/unseal-instance";
import { unsealSealed } from "../../../src/operations/unseal/unseal-sealed";
import type { ReplicaState } from "../../../src/vault/replica-state";
import { emptyServer, INSTANCE, Universe } from "../../support/simulation";

const BETWEEN: ReplicaState = { state: "migrating", seal: "shamir", stored: "transit" };

describe("a replica that has just joined", () => {
  test("is sealed while it knows only a former seal of the data", () => {
    const sealed: ReplicaState = { state: "sealed", seal: "shamir", threshold: 2 };
    expect(stateOfNewMember(BETWEEN, 2)).toEqual(sealed);
    expect(stateOfNewMember({ ...sealed, attempt: "a" }, 3)).toEqual({ ...sealed, attempt: "a" });
  });

  test.each([unsealInstance, unsealSealed])("does not stop %o, and one that did not join does", async (unseal) => {
    const universe = new Universe(INSTANCE);
    await unsealInstance(universe.start());
    /** The last replica says so twice, once it has something to say. */
    const betweenSeals = (): OperationContext => {
      const context = universe.start();
      let said = 0;
      const replica: OperationContext["replica"] = (each) => ({
        ...context.replica(each),
        status: async () => {
          const status = await context.replica(each).status();
          return each.name === "main-2" && status.state !== "uninitialized" && said++ < 2 ? BETWEEN : status;
        },
      });
      return { ...context, replica };
    };
    universe.members.delete("main-2");
    Object.assign(universe.servers[2] ?? {}, emptyServer());
    await unseal(betweenSeals());
    expect(universe.members.has("main-2")).toBe(true);

    const sealed = { sealed: true, received: 0, joined: false, readyAt: undefined };
    for (const server of universe.servers.slice(1)) Object.assign(server, sealed);
    await expect(unseal(betweenSeals())).rejects.toMatchObject({ code: "seal-differs" });
  });
});
