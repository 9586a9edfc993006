import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { watch, type WatchOptions } from "../../../src/cli/watch";
import { ageKey } from "../../support/age";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

let folder: string;
let identity: string;
let program: string;
let vault: FakeVault;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-drills-"));
  identity = join(folder, "key.txt");
  program = join(folder, "vault");
  writeFileSync(identity, `${(await ageKey()).identity}\n`, { mode: 0o600 });
  writeFileSync(program, "");
  chmodSync(program, 0o755);
  writeFileSync(join(folder, "unshare"), "#!/bin/sh\n", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  vault = await FakeVault.start(() => ({ status: 404 }));
  vi.stubEnv("PATH", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await vault.stop();
});

/** A watch that has been told to end, so that it does so after its checks. */
function watchOnce(options: Partial<WatchOptions>, environment: NodeJS.ProcessEnv = {}): ReturnType<typeof watch> {
  const host = { ...hostOf(vault, environment), signal: AbortSignal.abort() };
  return watch(host, { poll: 1, refresh: 1, parallel: 1, ...options });
}

describe("a watch with drills that cannot work says so before it asks anything", () => {
  test.each<[string, () => Partial<WatchOptions>, () => NodeJS.ProcessEnv, RegExp]>([
    [
      "no identity",
      () => ({ drill: 30, target: "file:/b" }),
      () => ({}),
      /^Drills decrypt .*; add --identity <file>.*\.$/,
    ],
    [
      "an identity that cannot be read",
      () => ({ drill: 30, target: "file:/b", identity: "/nowhere/key.txt" }),
      () => ({}),
      /^The identity file \/nowhere\/key\.txt cannot be read \(ENOENT\); .*\.$/,
    ],
    ["no target", () => ({ drill: 30, identity }), () => ({}), /^No target of the snapshots is named; .*\.$/],
    [
      "no program",
      () => ({ drill: 30, identity, target: "file:/b" }),
      () => ({ PATH: "/nowhere" }),
      /^Drills need .* neither bao nor vault is on PATH; .*\.$/,
    ],
    [
      "a program that is not there",
      () => ({ drill: 30, identity, target: "file:/b", server: "/nowhere/bao" }),
      () => ({ PATH: folder }),
      /^There is no program \/nowhere\/bao; .*\.$/,
    ],
    ["no --drill", () => ({ identity }), () => ({}), /^--target, .* are for drills; add --drill <days>\.$/],
    [
      "no --drill, but a closed network",
      () => ({ withoutNetworkIsolation: true }),
      () => ({}),
      /^--target, .* are for drills; add --drill <days>\.$/,
    ],
  ])("%s", async (_, options, environment, message) => {
    await expect(watchOnce(options(), environment())).rejects.toThrow(message);
    expect(vault.asked).toEqual([]);
  });
});

test("a target of the environment, and the program of one product, are enough", async () => {
  const environment = { PATH: folder, TENANT_VAULT_SNAPSHOTS: `file:${folder}` };
  await expect(watchOnce({ drill: 30, identity }, environment)).resolves.toMatchObject({ json: {} });
  await expect(
    watchOnce({ drill: 30, identity, server: program }, { ...environment, PATH: "" }),
  ).resolves.toBeDefined();
});

test("a machine that isolates no server is refused, unless its network is closed by other means", async () => {
  vi.stubEnv("PATH", "/nowhere");
  const options = { drill: 30, identity, server: program, target: `file:${folder}` };
  await expect(watchOnce(options)).rejects.toMatchObject({ code: "drill-not-isolated" });
  expect(vault.asked).toEqual([]);
  await expect(watchOnce({ ...options, withoutNetworkIsolation: true })).resolves.toBeDefined();
});
