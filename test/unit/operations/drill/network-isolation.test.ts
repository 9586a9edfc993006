import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { findIsolation } from "../../../../src/operations/drill/network-isolation";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-isolation-"));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes a machine whose `unshare` is this script. */
function machine(script: string): void {
  writeFileSync(join(folder, "unshare"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", folder);
}

// test/integration/drill.test.ts shows that it isolates a real server.
test.each([
  ["root", '[ "$*" = "--net true" ]', ["unshare", "--net"]],
  [
    "a user who may make user namespaces",
    '[ "$*" = "--user --map-root-user --net true" ]',
    ["unshare", "--user", "--map-root-user", "--net"],
  ],
])("%s isolates a server", async (_, script, isolation) => {
  machine(script);
  expect(await findIsolation()).toEqual(isolation);
});

test("a machine that forbids it is named, with what forbids it", async () => {
  machine('echo "unshare: unshare failed: Operation not permitted" >&2; exit 1');
  await expect(findIsolation()).rejects.toMatchObject({
    code: "drill-not-isolated",
    message: expect.stringMatching(
      /^This machine cannot .* \(unshare: unshare failed: Operation not permitted\), .* --without-network-isolation\.$/,
    ) as string,
  });
});

test("a machine without the program is named", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await expect(findIsolation()).rejects.toThrow(/^This machine cannot .* \(spawn unshare ENOENT\), .*\.$/);
});
