import { afterEach, expect, test, vi } from "vitest";
import { drill } from "../../../src/cli/drill";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

const OPTIONS = { target: "file:/nowhere", identity: "/nowhere/key.txt", timeout: 60 };

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["says so before it reads anything", {}, /^This machine cannot /],
  ["goes on if the operator says that its network is closed", { withoutNetworkIsolation: true }, /^The identity file /],
] as const)("a machine that isolates no server %s", async (_, more, message) => {
  const vault = await FakeVault.start(() => ({ status: 404 }));
  vi.stubEnv("PATH", "/nowhere");
  await expect(drill(hostOf(vault), "customer10/main", { ...OPTIONS, ...more })).rejects.toThrow(message);
  expect(vault.asked).toEqual([]);
  await vault.stop();
});
