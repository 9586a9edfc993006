import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkUsernameTemplate,
  safeTemplate,
  shortestName,
} from "../../../../src/constructs/dynamic-db/username-template";

describe("the shortest name of a template", () => {
  test.each([
    ["", 0],
    ["app", 3],
    ['{{printf "app-%s" (random 20)}}', 24],
    ["{{ random 40 }}", 40],
    ["app-{{.RoleName}}-{{random 8}}", 13],
    ['{{- printf "a-%s-%s" .RoleName (unix_time) -}}', 3],
    ['{{printf "%s-%s" (.DisplayName | truncate 8) (random 20)}}', 21],
    ['{{printf "%.5s-%s" (random 30) (random 30)}}', 1],
    ['{{ printf "v-%s-%s" (.RoleName | truncate 10) (random 40) | truncate 32 }}', 0],
    ["{{random 40 | truncate 8}}", 0],
    ['{{printf "%s" (truncate 4 (random 40))}}', 0],
    ["{{uuid}}", 0],
  ])("%s has %i characters or more", (template, length) => {
    expect(shortestName(template)).toBe(length);
  });

  test("a text without actions is as long as it is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9_-]*$/), (text) => {
        expect(shortestName(text)).toBe(text.length);
      }),
    );
  });
});

test.each([
  ["mysql", 32],
  ["postgresql", 63],
  ["mariadb", 80],
] as const)("%s has names of up to %i characters", (engine, limit) => {
  const check = (length: number) => () =>
    checkUsernameTemplate({ engine, usernameTemplate: `{{printf "app-%s" (random ${length - 4})}}` });
  expect(check(limit)).not.toThrow();
  expect(check(limit + 1)).toThrow(
    new RegExp(`has ${limit + 1} characters or more, but ${engine} has names of up to ${limit}; shorten it`),
  );
  expect(() => checkUsernameTemplate({ engine })).not.toThrow();
});

test("no limit of the other engines is known", () => {
  const usernameTemplate = "{{random 200}}";
  for (const engine of ["mongodb", "mssql"] as const)
    expect(() => checkUsernameTemplate({ engine, usernameTemplate })).not.toThrow();
});

describe("the name of a token", () => {
  const FILTERED = /\(\$?\.DisplayName( \| replace "(\\\\|\\"|[^"\\]+)" ""){10}\)/;

  test.each([
    "{{.DisplayName}}",
    '{{printf "%s" .DisplayName}}',
    "{{with .RoleName}}{{$.DisplayName | truncate 8}}{{end}}",
  ])("is in %s without what ends a statement", (template) => {
    const safe = safeTemplate("postgresql", template) ?? "";
    expect(safe).toMatch(FILTERED);
    expect(safe.replace(FILTERED, "NAME")).toBe(template.replace(/\$?\.DisplayName/, "NAME"));
    for (const quote of ["'", String.raw`\"`, "`", ";", "$"]) expect(safe).toContain(` | replace "${quote}" ""`);
  });

  test("is so by default of each engine that puts it into a statement, and others keep their own template", () => {
    const engines = ["postgresql", "mysql", "mariadb", "mssql", "cassandra", "influxdb"] as const;
    for (const engine of engines) expect(safeTemplate(engine), engine).toMatch(FILTERED);
    for (const engine of ["mongodb", "redis", "valkey"] as const) expect(safeTemplate(engine)).toBeUndefined();
    expect(safeTemplate("mysql", "app-{{random 20}}")).toBe("app-{{random 20}}");
  });
});
