import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkTenant } from "../../../src/tenant/tenant-schema";
import { changed, REMOVED, RIGHT } from "../../support/tenant-file";
import { CERTIFICATE } from "../../support/certificate";

/** Put together, so that nothing takes this file for one that holds a key. */
const PRIVATE_KEY = ["-----BEGIN", "OPENSSH PRIVATE KEY-----"].join(" ");

const EXTERNAL = { mode: "external", addresses: ["https://10.0.0.1:8200"] };

function linesOf(file: unknown): string[] {
  const checked = checkTenant(file);
  return "problems" in checked ? checked.problems.map(({ field, reason }) => `${field}: ${reason}`) : [];
}

/**
 * Wrong files, each a right one in which one field has another value. A row is `<field> = <JSON>`, or `<field> = (removed)`,
 * and below it, indented, every line of the error.
 */
function readRows(): { readonly row: string; readonly file: object; readonly lines: readonly string[] }[] {
  const rows = readFileSync(join(__dirname, "wrong-files.txt"), "utf8")
    .trimEnd()
    .split(/\n(?! )/);
  return rows.map((text) => {
    const [row = "", ...lines] = text.split("\n");
    const [, path = "", value = ""] = /^(\S+) = (.+)$/.exec(row) ?? [];
    const file = changed(path, value === "(removed)" ? REMOVED : (JSON.parse(value) as unknown));
    return { row, file, lines: lines.map((line) => line.trim()) };
  });
}

test("the right file is right", () => {
  expect(linesOf(RIGHT)).toEqual([]);
});

describe("T8: a wrong file gets one line per mistake, with field, value, what is allowed, and the fix", () => {
  const rows = readRows();

  test.each(rows)("$row", ({ file, lines }) => {
    expect(lines).not.toEqual([]);
    expect(linesOf(file)).toEqual(lines);
  });

  test("in more than sixty cases, each once", () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(new Set(rows.map(({ row }) => row)).size).toBe(rows.length);
  });

  test("a certificate that has a key", () => {
    const gitlab = { audience: "a", caCertificate: CERTIFICATE + PRIVATE_KEY };
    expect(linesOf(changed("instances.0.logins", { gitlab }))).toEqual([
      "instances[0].logins.gitlab.caCertificate: The caCertificate contains a private key, which would get into Terraform's state; remove it, and replace that key",
    ]);
  });

  test("two instances that share what is unique", () => {
    expect(linesOf({ ...RIGHT, instances: [RIGHT.instances[0], RIGHT.instances[0]] })).toEqual([
      'instances[1].name: "main" is used twice; choose another name',
      'instances[1].deployment.nodePort: 30820 is used by the instance "main"; choose another',
      'instances[1].address: https://main.customers.example:8200 is used by the instance "main"; choose another',
    ]);
  });
});

test.each([
  ["servers that may review tokens", { "deployment.kubernetesAuth": true, logins: { kubernetes: {} } }],
  ["pods of another cluster, which review their own", { logins: { kubernetes: { caCertificate: CERTIFICATE } } }],
  ["servers elsewhere", { deployment: EXTERNAL, seal: REMOVED, logins: { kubernetes: {} } }],
])("the login of pods works with %s", (_what, fields) => {
  const file = Object.entries(fields).reduce<object>(
    (now, [field, value]) => changed(`instances.0.${field}`, value, now),
    RIGHT,
  );
  expect(linesOf(file)).toEqual([]);
});

describe("a value that may be a secret is never quoted", () => {
  const SECRET = "hunter2-hunter2";

  test.each([
    ["instances.0.databases.0.password", SECRET],
    ["instances.0.databases.0.password", { mount: SECRET, path: "/", field: SECRET }],
    ["instances.0.seal.pin", SECRET],
    ["instances.0.seal.pin", [SECRET]],
    ["instances.0.seal", { type: "static", keyId: "1", key: SECRET }],
    ["instances.0.deployment.certificate", { secret: `${SECRET}!` }],
    ["instances.0.seal.token", SECRET],
    ["instances.0.address", `https://operator:${SECRET}@vault.example:8200`],
    ["instances.0.product", `hvs.${SECRET}${SECRET}`],
    ["instances.0.pki.roles.0.maxTtl", `hvs.${SECRET}${SECRET}`],
    ["instances.0.deployment.egress.0.cidr", `hvs.${SECRET}${SECRET}`],
    ["instances.0.deployment.image", `https://operator:${SECRET}@registry.example/openbao`],
    ["instances.0.ssh.roles.0.defaultUser", `hvs.${SECRET}${SECRET}`],
    ["instances.0.roles.0.read", [`hvs.${SECRET}${SECRET}`]],
    ["cluster.pools.0.labels", { password: `${SECRET}!` }],
    ["cluster.operatorCidrs", [PRIVATE_KEY + SECRET]],
    [`instances.0.hvs_${SECRET}`, SECRET],
    ["name", `hvs.${SECRET}${SECRET}`],
  ])("%s = %j", (path, value) => {
    const lines = linesOf(changed(path, value));
    expect(lines).not.toEqual([]);
    const quoted = lines.filter((line) => line.includes(SECRET));
    expect(quoted.map((line) => line.replace(`hvs_${SECRET}`, "")).filter((line) => line.includes(SECRET))).toEqual([]);
  });
});

/** Words of zod's own messages, none of which this library uses. */
const WORDS_OF_ZOD = /invalid input|expected|received|unrecognized|too small|too big|invalid option|invalid key|>=|<=/i;

test("a wrong part does not break the checks of the whole", () => {
  const file = changed("cluster", { ...RIGHT.cluster, workers: 0, wokers: 3 });
  expect(linesOf(file)).toEqual([
    'cluster.wokers: is not a known field; did you mean "workers"?',
    "cluster: workers 0 is not possible; write a whole number from 1",
  ]);
});

test("whatever is wrong, the message is one line in our own words", () => {
  const paths = pathsOf(RIGHT);
  expect(paths.length).toBeGreaterThan(80);
  const value = fc.oneof(fc.anything(), fc.constant(REMOVED), fc.string(), fc.integer(), fc.constant(null));
  fc.assert(
    fc.property(fc.constantFrom(...paths), value, (path, wrong) => {
      for (const line of linesOf(changed(path, wrong))) {
        const reason = line.slice(line.indexOf(": ") + 2);
        expect(reason).toMatch(/^\S.*\S$/);
        expect(reason).toMatch(/[;?,]/);
        expect(reason.replace(/"(\\.|[^"\\])*"/g, "")).not.toMatch(WORDS_OF_ZOD);
      }
    }),
    { numRuns: 1000 },
  );
});

function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  const own = path.length === 0 ? [] : [path.join(".")];
  if (typeof value !== "object" || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}
