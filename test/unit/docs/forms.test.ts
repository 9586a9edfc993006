import { describe, expect, test } from "vitest";
import { all } from "../../support/all";
import { FORMS } from "../../support/forms";
import { read } from "../../support/markdown";

/** Rows of the page: a form, and what it is here. */
const rows = [...read("docs/forms.md").matchAll(/^\| (?!form )([^-|][^|]*?) *\| (.*?) *\|$/gm)].map(
  ([, form = "", here = ""]) => ({ form, here }),
);
const commands = [...read("docs/commands.md").matchAll(/^### (.+)$/gm)].map(([, name]) => name);

/** Fields of the reference, such as `instances[].pki.commonName`, and those that hold others. */
const fields = new Set(
  read("docs/tenant-file.md")
    .split(/^## /m)
    .flatMap((section) => {
      const [, path = ""] = /^`([^`]+)`/.exec(section) ?? [];
      return [path, ...[...section.matchAll(/^\| `(\w+)` /gm)].map(([, field = ""]) => `${path}.${field}`)];
    }),
);

test("each form has a test, and each test is that of a form", () => {
  expect(rows.map(({ form }) => form)).toEqual(Object.keys(FORMS));
});

describe.each(rows)("$form", ({ form, here }) => {
  const code = [...here.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);

  test("names fields and commands that exist, or a page", () => {
    const named = code.filter((text) => /^(instances\[\]|tenant-vault )/.test(text));
    expect(named.length > 0 || here.startsWith("page `")).toBe(true);
    expect(
      named.filter((text) =>
        text.startsWith("instances") ? !fields.has(text) : !commands.includes(text.replace("tenant-vault ", "")),
      ),
    ).toEqual([]);
  });

  test("has a test", () => {
    const [file, title] = FORMS[form] ?? ["", ""];
    expect(read(`test/${file}`).replaceAll('\\"', '"')).toContain(title);
  });
});

test("each page is opened in a browser", () => {
  const pages = all(rows.flatMap(({ here }) => /^page `([^`]+)`/.exec(here)?.slice(1) ?? []));
  const opened = read("test/integration/browser.test.ts");
  const of = (page: string): string => page.split("<")[0] ?? "";
  expect(pages.filter((page) => page !== "auth" && !opened.includes(of(page)))).toEqual([]);
});
