import { expect, test } from "vitest";
import { markedTenant } from "../../support/marked-tenant";

test("T2: Terraform reads no text of a tenant file as an expression, wherever the text goes", () => {
  // What an expression and a directive of Terraform look like.
  const { marked, stacks } = markedTenant("${ONE} %{TWO}");
  expect(marked.length).toBeGreaterThan(20);
  expect(stacks.size).toBe(4);
  for (const [name, stack] of stacks) {
    const json = JSON.stringify(stack);
    const places = (pattern: RegExp): Set<string> => new Set(json.match(pattern));
    expect(places(/[$%]+\{ONE\}/g), name).toEqual(new Set(["$${ONE}"]));
    expect(places(/[$%]+\{TWO\}/g), name).toEqual(new Set(["%%{TWO}"]));
  }
});
