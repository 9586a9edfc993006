import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkProviders } from "../../../../src/operations/preflight/check-providers";

const STACK = {
  name: "customer10-config",
  json: { terraform: { required_providers: { vault: { version: ">= 5.9, != 5.10.0, < 6" } } } },
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-providers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function lock(version: string): void {
  mkdirSync(join(folder, STACK.name), { recursive: true });
  writeFileSync(
    join(folder, STACK.name, ".terraform.lock.hcl"),
    `provider "registry.terraform.io/hashicorp/vault" {\n  version     = "${version}"\n  constraints = "~> 5.9"\n}\n`,
  );
}

test("a version that was chosen before and is excluded now is a problem", () => {
  lock("5.10.0");
  expect(checkProviders([STACK], folder)).toEqual([
    expect.stringMatching(
      /^customer10-config needs the provider vault >= 5\.9, .* chooses 5\.10\.0; run "terraform init -upgrade" there\.$/,
    ),
  ]);
});

test("a version in the range is none, and neither is a stack that was never deployed", () => {
  expect(checkProviders([STACK], folder)).toEqual([]);
  lock("5.9.0");
  expect(checkProviders([STACK], folder)).toEqual([]);
});
