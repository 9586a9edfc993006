import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { StateAccess } from "../../../../src/operations/preflight/pull-state";
import { checkStates, lostNames, orphanedInstances } from "../../../../src/operations/preflight/check-state";
import { CONFIG } from "../../../support/synthesized-stacks";

const managed = (alias: string) => ({
  mode: "managed",
  provider: `provider["registry.terraform.io/hashicorp/vault"].${alias}`,
});

test("C5: an instance that was renamed or removed is named once, with the fix", () => {
  const resources = ["central", "instance-main", "instance-old", "instance-old"].map(managed);
  expect(orphanedInstances(CONFIG, { resources })).toEqual([
    'customer10-config has 2 resources in the instance old, which the tenant file does not name any more; give the instance its former name, or restore its entry and set "retired: true".',
  ]);
});

test("C5: instances that are there, data sources and an empty state are no problem", () => {
  const resources = [managed("instance-main"), { ...managed("instance-old"), mode: "data" }];
  expect(orphanedInstances(CONFIG, { resources })).toEqual([]);
  expect(orphanedInstances(CONFIG, {})).toEqual([]);
});

describe("C5: an instance that leaves the vault layer", () => {
  const stack = (names: string[], moved: { from: string; to: string }[] = []) => ({
    name: "customer10-vault",
    json: {
      resource: {
        terraform_data: {
          instances_not_retired: {
            for_each: Object.fromEntries(names.map((name) => [name, name])),
            lifecycle: { prevent_destroy: true },
          },
        },
      },
      moved,
    },
  });
  const state = {
    resources: [
      {
        mode: "managed",
        provider: 'provider["terraform.io/builtin/terraform"]',
        type: "terraform_data",
        name: "instances_not_retired",
        instances: [{ index_key: "main" }, { index_key: "old" }],
      },
    ],
  };

  test("is named with the fix", () => {
    expect(lostNames(stack(["main"]), state)).toEqual([
      'customer10-vault would destroy old, which the tenant file does not have any more; give the instance its former name, or restore its entry and set "retired: true".',
    ]);
  });

  test("is no problem if it is retired", () => {
    const move = { from: 'terraform_data.instances_not_retired["old"]', to: 'terraform_data.instances_retired["old"]' };
    expect(lostNames(stack(["main"], [move]), state)).toEqual([]);
  });
});

describe("C5: the states that checkStates reads", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-states-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program in place of Terraform. */
  function accessBy(script: string): StateAccess {
    const stacks = join(folder, "stacks");
    mkdirSync(stacks, { recursive: true });
    const program = join(folder, "terraform");
    writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { folder: stacks, program, environment: { PATH: process.env.PATH } };
  }
  test("are compared in a checkout in which nobody deployed", async () => {
    const state = JSON.stringify({ resources: [managed("instance-old")] });
    expect(await checkStates([CONFIG], accessBy(`echo '${state}'`))).toEqual([
      expect.stringMatching(/^customer10-config has 1 resources in the instance old, .* "retired: true"\.$/),
    ]);
  });

  test("that cannot be read are named with the reason", async () => {
    const said = "╷\n│ Error: Failed to get\n│ existing workspaces: 403\n│ \n│ More.\n╵";
    expect(await checkStates([CONFIG], accessBy(`echo '${said}' >&2; exit 1`))).toEqual([
      "customer10-config was not compared with its state, because Terraform cannot read it (Failed to get existing workspaces: 403); check the backend in stacks/operator.ts and its credentials.",
    ]);
  });

  test("are not mentioned if there is no Terraform, which another check names", async () => {
    expect(await checkStates([CONFIG], { ...accessBy(""), program: "no-such-terraform" })).toEqual([]);
  });
});

describe("a node that leaves the tenant file", () => {
  const block = (names: string[], preventDestroy = true) => ({
    name: "customer10-cluster",
    json: {
      resource: {
        terraform_data: {
          customer10_not_destroyable: {
            for_each: Object.fromEntries(names.map((name) => [name, name])),
            lifecycle: { prevent_destroy: preventDestroy },
          },
        },
      },
    },
  });
  const state = (names: string[]) => ({
    resources: [
      {
        mode: "managed",
        provider: 'provider["terraform.io/builtin/terraform"]',
        type: "terraform_data",
        name: "customer10_not_destroyable",
        instances: names.map((name) => ({ index_key: name })),
      },
    ],
  });

  test("is named with the way to remove it", () => {
    expect(lostNames(block(["worker-0"]), state(["worker-0", "worker-1"]))).toEqual([
      'customer10-cluster would destroy worker-1, which the tenant file does not have any more; write it again, or remove it as docs/operating/remove-nodes.md says and name it in "destroyable".',
    ]);
  });

  test("is no problem if it is destroyable, if the tenant is not protected, or before the first deployment", () => {
    expect(lostNames(block(["worker-0", "worker-1"]), state(["worker-0", "worker-1"]))).toEqual([]);
    expect(lostNames(block(["worker-0"], false), state(["worker-1"]))).toEqual([]);
    expect(lostNames(block(["worker-0"]), {})).toEqual([]);
    expect(lostNames(CONFIG, state(["worker-1"]))).toEqual([]);
  });
});
