import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { all } from "../../support/all";

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps: readonly { readonly run?: string }[];
}

const PROJECT = resolve(__dirname, "..", "..", "..");
const FOLDER = join(PROJECT, ".github", "workflows");
const workflows = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), "utf8");
  return { name, text, content: parse(text) as Workflow };
});
const read = (name: string): Workflow => {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found.content;
};
const commands = (job: Job | undefined): string[] =>
  job?.steps.flatMap(({ run }) => (run === undefined ? [] : [run])) ?? [];

/** The machines of CI are Ubuntu's, which forbid user namespaces. */
const ALL_TESTS = ["sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0", ".ci/run"];

describe.each(all(workflows))("$name", ({ text, content }) => {
  test("pins each action by its commit, and names the version of the commit", () => {
    const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    for (const action of all(actions)) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("gives each job the rights that it names, and no others", () => {
    expect(content.permissions).toEqual({});
    for (const job of all(Object.values(content.jobs))) expect(job.permissions).toHaveProperty("contents");
  });
});

test("CI runs what a newcomer runs, and the unit tests on every supported version of Node.js", () => {
  const { test: tests, unit } = read("ci.yml").jobs;
  expect(commands(tests)).toEqual(ALL_TESTS);
  expect(commands(unit)).toEqual(["npm ci --ignore-scripts", "npm run build", "npm run test:unit"]);
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  const [, ...supported] = /Node\.js (\d+\.\d+) or later, (\d+) or (\d+)/.exec(readme) ?? [];
  expect(supported).toHaveLength(3);
  expect(unit?.strategy?.matrix.node).toEqual(supported);
});

test("a release runs all tests, waits for a reviewer, and has provenance and an SBOM", () => {
  const { test: tests, publish } = read("release.yml").jobs;
  expect(commands(tests)).toEqual(ALL_TESTS);
  expect(publish).toMatchObject({ needs: "test", environment: "release" });
  expect(publish?.permissions).toEqual({ contents: "write", "id-token": "write" });
  const script = commands(publish).join("\n");
  expect(script).toContain("npm publish --ignore-scripts --provenance");
  expect(script).toContain("scripts/sbom.sh tenant-vault-*.tgz > sbom.cdx.json");
  expect(script).toContain("npm ci --ignore-scripts\n");
});
