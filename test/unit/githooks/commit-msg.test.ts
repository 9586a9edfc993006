import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const PROJECT = resolve(__dirname, "..", "..", "..");
const HOOK = join(PROJECT, ".githooks", "commit-msg");
const AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@example.com"];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-commit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the hook as git does: the file itself, with the message's file as its argument. */
function check(message: string): { readonly accepted: boolean; readonly stderr: string } {
  const file = join(folder, "COMMIT_EDITMSG");
  writeFileSync(file, message);
  const { status, stderr, error } = spawnSync(HOOK, [file], { encoding: "utf8" });
  if (error !== undefined) throw error;
  return { accepted: status === 0, stderr };
}

const LONGEST = `fix: ${"é".repeat(67)}`;

describe("the commit-msg hook", () => {
  test.each([
    ["a type and a subject", "docs: describe the escrow\n"],
    ["a scope", "feat(tenant-pki): allow wildcards\n"],
    ["a breaking change", "refactor(seal)!: rename the factories\n"],
    ["a body", "fix: wait for raft\n\nA new replica has no vote at first.\n"],
    ["a subject of 72 characters", LONGEST],
    ["an empty line before it", "\nfix: wait for raft\n"],
    ["git's comments", "# a comment\nfix: wait for raft\n# another\n"],
    ["a merge", "Merge branch 'main' into feature\n"],
    ["a revert", 'Revert "fix: wait for raft"\n\nThis reverts commit 0000000.\n'],
    ["a fixup", "fixup! fix: wait for raft\n"],
  ])("accepts %s", (_, message) => {
    expect(check(message)).toEqual({ accepted: true, stderr: "" });
  });

  test.each([
    ["an empty message", "\n", "is not a conventional commit"],
    [
      "a subject without a type",
      "Wait for raft",
      '"Wait for raft" is not a conventional commit; write "type: subject"',
    ],
    ["an unknown type", "feature: wait for raft", "where type is one of build, chore, ci, docs, feat, fix,"],
    ["two types", "fix, test: wait for raft", "is not a conventional commit"],
    ["an empty subject", "fix: ", "is not a conventional commit"],
    ["a subject of 73 characters", `${LONGEST}e`, "The subject has 73 characters and may have 72; move the reason"],
    ["a body right after the subject", "fix: wait for raft\nbecause", "put an empty line between subject and body"],
  ])("refuses %s", (_, message, reason) => {
    const { accepted, stderr } = check(message);
    expect(accepted).toBe(false);
    expect(stderr).toContain("commit-msg: ");
    expect(stderr).toContain(reason);
  });
});

test("after npm run hooks, git refuses a wrong message and accepts a correct one", () => {
  cpSync(join(PROJECT, ".githooks"), join(folder, ".githooks"), { recursive: true });
  cpSync(join(PROJECT, "package.json"), join(folder, "package.json"));
  const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  const commit = (message: string): number | null =>
    spawnSync("git", [...AUTHOR, "commit", "--allow-empty", "--message", message], { cwd: folder }).status;
  git("init", "--quiet");
  expect(commit("Wait for raft")).toBe(0);
  execFileSync("npm", ["run", "--silent", "hooks"], { cwd: folder });
  expect(commit("Wait for raft")).not.toBe(0);
  expect(commit("fix: wait for raft")).toBe(0);
  expect(git("log", "--format=%s").trim().split("\n")).toEqual(["fix: wait for raft", "Wait for raft"]);
});
