import { expect, test } from "vitest";
import { CentralError } from "../../../src/central/client";
import { holdPatch, readHold, refuseNewHold } from "../../../src/central/hold";

const storeWith = (metadata: Readonly<Record<string, string>>) => ({
  path: "customer10/main",
  readMetadata: () => Promise.resolve(metadata),
});

test("a held instance is refused with the reason, and with the command that ends the hold", async () => {
  await expect(refuseNewHold(storeWith(holdPatch("incident 42")))).rejects.toMatchObject({
    code: "held",
    message: expect.stringMatching(
      /\(incident 42\).*-remove-custom-metadata=held customers\/customer10\/main/,
    ) as string,
  });
  await expect(refuseNewHold(storeWith({ seal: "shamir" }))).resolves.toBeUndefined();
});

test("a missing right to read the metadata keeps no instance sealed, and another failure is told", async () => {
  const failing = (failure: "denied" | "unreachable") => ({
    readMetadata: () => Promise.reject(new CentralError(failure, "no")),
  });
  expect(await readHold(failing("denied"))).toBeUndefined();
  await expect(readHold(failing("unreachable"))).rejects.toMatchObject({ code: "central-unreachable" });
});

test.each(["", "  ", "two\nlines", "x".repeat(513), "ä".repeat(257)])("%j cannot be a reason", (reason) => {
  expect(() => holdPatch(reason)).toThrow("The reason must be one line");
});
