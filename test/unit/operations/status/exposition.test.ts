import { describe, expect, test } from "vitest";
import { exposition } from "../../../../src/operations/status/exposition";
import type { InstanceStatus } from "../../../../src/operations/status/inspect";
import { NOW, replica, STATUSES } from "../../../support/statuses";

describe("a status for Prometheus", () => {
  test("is this text", () => {
    expect(exposition(STATUSES, NOW)).toMatchSnapshot();
  });

  test("says nothing of what is not known", () => {
    const unknown = exposition([{ ...(STATUSES[1] as InstanceStatus), replicas: [replica("main-0")] }], NOW);
    expect(unknown).not.toMatch(/audit|certificate|seal_token|NaN|undefined/);
  });

  test("keeps a name from ending its label", () => {
    const [status] = STATUSES as [InstanceStatus];
    const odd = { ...status, replicas: [replica('a"b\\c\nd')] };
    expect(exposition([odd], NOW)).toContain('replica="a\\"b\\\\c\\nd"} 1\n');
  });

  test("is empty where there is no instance", () => {
    expect(exposition([], NOW)).toBe("");
  });

  test.each([
    ["complete", 1],
    ["self-initialised", 1],
    ["incomplete", 0],
    ["announced", 0],
    ["deleted", 0],
    ["missing", 0],
  ] as const)("gives a record that is %s the value %d", (state, complete) => {
    const [status] = STATUSES as [InstanceStatus];
    const text = exposition([{ ...status, record: { ...status.record, state } }], NOW);
    expect(text).toContain(`tenant_vault_record_complete{tenant="customer10",vault_instance="main"} ${complete}\n`);
  });
});
