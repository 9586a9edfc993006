import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { withSynthesis } from "../../../../src/operations/preflight/synthesize";

const app = (script: string) => ({ PATH: process.env.PATH, CDKTF_APP: script });

test("gives the stacks that the app writes, and removes them when the work is done", async () => {
  const script = `mkdir -p "$CDKTF_OUTDIR/stacks/a" && echo '{"resource":{}}' > "$CDKTF_OUTDIR/stacks/a/cdk.tf.json"`;
  const folder = await withSynthesis(app(script), ({ folder, stacks, problems }) => {
    expect([stacks, problems]).toEqual([[{ name: "a", json: { resource: {} } }], []]);
    expect(existsSync(folder)).toBe(true);
    return Promise.resolve(folder);
  });
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ["each line of its error", "echo one >&2; echo two >&2; exit 1", ["one", "two"]],
  ["that it failed, if it says nothing", "exit 3", [expect.stringContaining("Command failed")]],
])("of an app that fails, %s is a problem", async (_what, script, problems) => {
  await withSynthesis(app(script), (synthesis) => {
    expect(synthesis).toMatchObject({ stacks: [], problems });
    return Promise.resolve();
  });
});
