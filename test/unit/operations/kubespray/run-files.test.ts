import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { restoreFiles } from "../../../../src/operations/kubespray/run-files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("O2: known hosts come from the central Vault, so that another machine knows the keys as well", () => {
  restoreFiles(folder, { known_hosts: "20.0.0.10 ssh-ed25519 KEY\n" });
  expect(readFileSync(join(folder, "known_hosts"), "utf8")).toBe("20.0.0.10 ssh-ed25519 KEY\n");
});

test("O2: known hosts from which an operator removed a machine stay as they are", () => {
  writeFileSync(join(folder, "known_hosts"), "");
  restoreFiles(folder, { known_hosts: "20.0.0.10 ssh-ed25519 KEY\n" });
  expect(readFileSync(join(folder, "known_hosts"), "utf8")).toBe("");
});

test.each(["ssh_config", "../known_hosts", "credentials/../ssh_config", "credentials/.."])(
  "O8: %s is not a file that the central Vault may write",
  (name) => {
    restoreFiles(folder, { [name]: "NO" });
    expect(existsSync(join(folder, "ssh_config"))).toBe(false);
    expect(existsSync(join(folder, "..", "known_hosts"))).toBe(false);
  },
);
