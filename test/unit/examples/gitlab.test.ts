import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { all } from "../../support/all";

interface Job {
  readonly extends?: string | readonly string[];
  readonly script?: readonly string[];
  readonly before_script?: readonly string[];
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: { readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
}

const PROJECT = resolve(__dirname, "..", "..", "..");
const FILE = readFileSync(join(PROJECT, "examples", "gitlab", ".gitlab-ci.yml"), "utf8");
const pipeline = parse(FILE) as Readonly<Record<string, Job>>;

/** A job with everything that it extends, as GitLab merges them. */
function job(name: string): Job {
  const own = pipeline[name];
  if (own === undefined) throw new Error(`no job ${name}`);
  return Object.assign({}, ...[own.extends ?? []].flat().map(job), own) as Job;
}

const names = Object.keys(pipeline).filter((name) => !name.startsWith(".") && pipeline[name]?.script !== undefined);
const inMergeRequests = names.filter((name) =>
  job(name).rules?.some((rule) => rule.if.includes("merge_request_event")),
);
const onProtectedBranch = names.filter((name) => !inMergeRequests.includes(name));

test("checks and plans a merge request, and deploys from the protected branch", () => {
  expect(inMergeRequests).toEqual(["lint", "synth", "plan"]);
  expect(onProtectedBranch).toEqual(["terraform plan", "deploy"]);
});

test.each(all(inMergeRequests))("%s has no environment, whose secrets it could read, and no identity", (name) => {
  expect(job(name)).not.toHaveProperty("environment");
  expect(job(name)).not.toHaveProperty("id_tokens");
  expect(job(name)).not.toHaveProperty("secrets");
});

test.each(all(onProtectedBranch))(
  "%s runs on the protected default branch alone, with the tenant's secrets",
  (name) => {
    const rules = job(name).rules ?? [];
    expect(rules.map((rule) => rule.if)).toEqual([
      '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"',
    ]);
    expect(job(name).environment?.name).toBe("tenant/$TENANT");
  },
);

test("a person starts the deployment, and its journal survives the job", () => {
  expect(job("deploy").rules?.map(({ when }) => when)).toEqual(["manual"]);
  expect(job("deploy").variables).toHaveProperty("TENANT_VAULT_STATE_DIR");
});

test("C1: the deployment names the stacks of the tenant, and cdktf deploys them in order without a flag", () => {
  expect(job("deploy").script).toEqual([
    expect.stringMatching(/^npx cdktf deploy \$STACKS --auto-approve --skip-synth$/),
  ]);
});

describe("the scripts", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tenant-vault-gitlab-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(file: string, content: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }

  /** Runs the last part of a script as a GitLab runner does. */
  function runLast(lines: readonly string[] = [], after = ""): { status: number | null; stdout: string } {
    const script = `set -eo pipefail\n${lines.at(-1) ?? ""}\n${after}`;
    return spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8", env: { ...process.env, TENANT: "a" } });
  }

  test("lint fails if the pipeline does not list a tenant's file", () => {
    write(".gitlab-ci.yml", FILE);
    for (const file of all(readdirSync(join(PROJECT, "tenants")))) write(join("tenants", file), "");
    expect(runLast(job("lint").script)).toMatchObject({ status: 0, stdout: "" });
    write("tenants/customer1.ts", "");
    expect(runLast(job("lint").script)).toMatchObject({
      status: 1,
      stdout: "Add customer1 to TENANT in .gitlab-ci.yml.\n",
    });
  });

  test("plan prints what changes in the tenant's stacks, new and removed stacks included, and nothing of another", () => {
    write("base/cdktf.out/stacks/a-vault/cdk.tf.json", "old\n");
    write("cdktf.out/stacks/a-vault/cdk.tf.json", "new\n");
    write("base/cdktf.out/stacks/a-cluster/cdk.tf.json", "removed\n");
    write("cdktf.out/stacks/a-config/cdk.tf.json", "added\n");
    write("cdktf.out/stacks/a-b-config/cdk.tf.json", "other\n");
    const { status, stdout } = runLast(job("plan").script);
    expect(status).toBe(0);
    expect(stdout.match(/^[+-]\w+$/gm)).toEqual(["-removed", "-old", "+new", "+added"]);
    expect(readFileSync(join(folder, "plan.diff"), "utf8")).toBe(stdout);
  });

  test("plan prints nothing if nothing changes, and fails if the comparison fails", () => {
    write("base/cdktf.out/stacks/a-vault/cdk.tf.json", "same\n");
    write("cdktf.out/stacks/a-vault/cdk.tf.json", "same\n");
    expect(runLast(job("plan").script)).toMatchObject({ status: 0, stdout: "" });
    expect(runLast(["diff() { return 2; }\n" + (job("plan").script?.at(-1) ?? "")]).status).not.toBe(0);
  });

  test("deploy names the tenant's stacks that exist, in order", () => {
    mkdirSync(join(folder, "cdktf.out/stacks/a-config"), { recursive: true });
    mkdirSync(join(folder, "cdktf.out/stacks/a-vault"), { recursive: true });
    mkdirSync(join(folder, "cdktf.out/stacks/a-b-cluster"), { recursive: true });
    expect(runLast(job("deploy").before_script, 'echo "$STACKS"').stdout).toBe(" a-vault a-config\n");
  });
});
