import { describe, expect, test } from "vitest";
import type { Content } from "../../../../src/vault/content";
import { decidePlaceholders, placeholderState } from "../../../../src/operations/placeholders/placeholder-state";

const PLACEHOLDER = { mount: "kv", path: "web/smtp", keys: ["password"], owner: "mail-team", type: "password" };

/** Metadata of a secret as KV version 2 has it. */
function metadata(version: number, custom: Record<string, string> | null = null, newest: object = {}): Content {
  const versions = version === 0 ? {} : { [version]: { deletion_time: "", destroyed: false, ...newest } };
  return { current_version: version, versions, custom_metadata: custom };
}

describe("the state of a placeholder", () => {
  test.each([
    ["missing", undefined],
    ["missing", metadata(0, { owner: "x" })],
    ["TBD", metadata(1, { placeholder: "TBD" })],
    ["unconfirmed", metadata(1)],
    ["filled", metadata(1, { placeholder: "filled" })],
    ["filled", metadata(1, { placeholder: "generated" })],
    ["filled", metadata(2, { placeholder: "TBD" })],
    ["deleted", metadata(1, { placeholder: "TBD" }, { deletion_time: "2026-11-27T18:28:59.9Z" })],
    ["deleted", metadata(3, null, { destroyed: true })],
  ] as const)("is %s (%#)", (state, found) => {
    expect(placeholderState(found)).toBe(state);
  });
});

describe("what is to be done", () => {
  const steps = (found: Content | undefined, attempted?: ReadonlySet<string>) =>
    decidePlaceholders([PLACEHOLDER], [found], attempted).map(({ writes, describes }) => ({ writes, describes }));
  const DESCRIBED = { owner: "mail-team", type: "password" };

  test("a placeholder that is not there is written, and marked", () => {
    expect(steps(undefined)).toEqual([{ writes: true, describes: { placeholder: "TBD", ...DESCRIBED } }]);
  });

  test("one whose values are generated is marked so", () => {
    const found = decidePlaceholders([{ mount: "kv", path: "a", keys: ["b"], generatedLength: 20 }], [undefined]);
    expect(found).toMatchObject([{ writes: true, describes: { placeholder: "generated" } }]);
  });

  test("nothing, if it is as described, also where people added metadata of their own", () => {
    expect(steps(metadata(1, { placeholder: "TBD", ...DESCRIBED, note: "x" }))).toEqual([]);
    expect(steps(metadata(7, DESCRIBED))).toEqual([]);
    expect(decidePlaceholders([{ mount: "kv", path: "a", keys: ["b"] }], [metadata(1)])).toEqual([]);
  });

  test("another owner is described, and no value is written, whether it is filled in or deleted", () => {
    const former = { ...DESCRIBED, owner: "former-team" };
    const deleted = { deletion_time: "2026-11-27T18:28:59.9Z" };
    for (const found of [metadata(1, former), metadata(2, former), metadata(1, former, deleted)])
      expect(steps(found)).toEqual([{ writes: false, describes: { owner: "mail-team" } }]);
  });

  test("a first version without a mark is marked by the run that tried to write it, and by no other", () => {
    const unmarked = metadata(1, DESCRIBED);
    expect(steps(unmarked)).toEqual([]);
    expect(steps(unmarked, new Set(["kv/web/smtp"]))).toEqual([{ writes: false, describes: { placeholder: "TBD" } }]);
    expect(steps(metadata(2, DESCRIBED), new Set(["kv/web/smtp"]))).toEqual([]);
  });
});
