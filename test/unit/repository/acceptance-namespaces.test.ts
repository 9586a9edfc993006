import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../../support/checker";
import { all } from "../../support/all";
import { deletionsOf } from "../../support/deletions";

const ACCEPTANCE = join(PROJECT, "test", "acceptance");
const EXAMPLES = all(readdirSync(join(PROJECT, "tenants"))).map((file) => basename(file, ".ts"));

const files = readdirSync(ACCEPTANCE, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const sources = files.map((file) => [file, readFileSync(join(ACCEPTANCE, file), "utf8")] as const);

/** Names of what acceptance tests make. A label of volumes names the tenant of the test. */
const OWN = /^(own$|(tenant-vault-)?(acceptance|changes|operations)(-|$))/;

describe("K13: acceptance tests delete nothing but what they made", () => {
  test.each([
    ['const A = "customer10-main";\nkubectl("delete", "namespace", A, "--wait=false");', ["customer10-main"]],
    ['kubectl("delete", "ns", "--ignore-not-found", "b", "c");', ["b", "c"]],
    ['const N = "b";\nkubectl("-n", N, "delete", "pod", name);', ["b"]],
    ['run("kubectl", ["delete", "-n", "b", "pvc", "--all"]);', ["b"]],
    ['run("helm", ["uninstall", "release", "--namespace", "b"]);', ["b"]],
    ['run("openstack", ["server", "delete", "a-1"]);', ["a-1"]],
    ['kubectl("delete", "pv", "-l", "tenant-vault=b");', ["b"]],
    ['kubectl("delete", "pv", "-l", `tenant-vault=${this.name}`);', ["own"]],
    ['class F {\n  static readonly A = "b";\n}\nkubectl("delete", "ns", F.A);', ["b"]],
    ['const A = "b";\nkubectl("delete", "pod", `${A}-0`);', ["b-0"]],
    ['withOwnManifest((file) => run("kubectl", ["delete", "-f", file]));', ["own"]],
    // What nobody can see must not count as the test's own.
    ['run("kubectl", ["delete", "-f", file]);', [undefined]],
    ['kubectl("delete", "ns", name);', [undefined]],
    ['let a = "b";\nkubectl("delete", "ns", a);', [undefined]],
    ['kubectl("delete", "pods", "--all");', [undefined]],
  ])("%s deletes %j", (source, targets) => {
    expect(deletionsOf("a.ts", source).map((each) => each.targets)).toEqual([targets]);
  });

  test.each(
    all(
      sources.flatMap(([file, source]) =>
        [...source.matchAll(/KubernetesBed\.start\("([^"]+)"/g)].map(([, tenant = ""]) => [file, tenant]),
      ),
    ),
  )("%s works with the tenant %s", (_, tenant = "") => expect(tenant).toMatch(OWN));

  const found = sources.flatMap(([file, source]) => deletionsOf(file, source).map((each) => ({ file, ...each })));

  // As many as the sources have, counted in another way.
  test("each is found", () => {
    const written = sources.flatMap(([, source]) => [
      ...source.matchAll(/(kubectl\(|run\(\s*"(kubectl|helm|openstack)",)[^;]*?"(delete|uninstall|destroy)"/g),
    ]);
    expect(written.length).toBeGreaterThan(10);
    expect(found.length).toBeGreaterThanOrEqual(written.length);
  });

  test.each(all(found))("$file: $text", ({ targets }) => {
    for (const target of all(targets)) {
      expect(target).toMatch(OWN);
      for (const tenant of all(EXAMPLES)) expect(target).not.toMatch(new RegExp(`^${tenant}(-|$)`));
    }
  });
});
