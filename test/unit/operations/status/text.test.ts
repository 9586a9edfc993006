import { expect, test } from "vitest";
import { statusText } from "../../../../src/operations/status/text";
import type { InstanceStatus } from "../../../../src/operations/status/inspect";
import { NOW, replica, STATUSES } from "../../../support/statuses";

test("a status says of each instance what there is, and of each replica what it does", () => {
  expect(statusText(STATUSES, NOW)).toBe(
    `customer10/main  healthy  (openbao)
  record: complete, 5 unseal keys, root token
  main-0  unsealed       https://main-0:8200  (active, 1 audit device, certificate expires in 29 days)
  main-1  sealed         https://main-1:8200
  the token of the seal expires on 2026-12-01T00:00:00Z, unless it is renewed
  the issuer of pki expires in 1826 days
  main-1 has no working audit device, so nobody can see what is done there; give every server the same audit block in its configuration, with a file that it can write.
customer11/main  NOT HEALTHY
  record: missing, 0 unseal keys, no root token
  [kubernetes-unreachable] the cluster does not answer
`,
  );
});

test("a status says when the keys and a snapshot were last proven, and nothing of what never was", () => {
  const [status] = STATUSES;
  const proven = { restoreProven: "2026-10-01T00:00:00Z", escrowVerified: "2026-11-20T00:00:00Z" };
  const text = statusText([{ ...status, ...proven } as InstanceStatus], Date.parse("2026-11-26T12:00:00Z"));
  expect(text).toContain("  a snapshot was last proven by a restore 56 days ago\n");
  expect(text).toContain("  the keys of the record were last proven by escrow verify 6 days ago\n");
  expect(statusText(STATUSES, NOW)).not.toContain("proven");
});

test("a status names the placeholders that nobody has filled in", () => {
  const [status] = STATUSES;
  const placeholders = [
    { path: "kv/a", state: "TBD" },
    { path: "kv/b", state: "deleted" },
  ];
  expect(statusText([{ ...status, placeholders } as InstanceStatus], NOW)).toContain(
    "  placeholder: kv/a is TBD\n  placeholder: kv/b is deleted\n",
  );
  expect(statusText(STATUSES, NOW)).not.toContain("placeholder");
});

test("a replica whose audit devices nobody could ask for is not called audited", () => {
  const [status] = STATUSES;
  const unasked = {
    ...status,
    replicas: [replica("main-0", { active: true }), replica("main-1", { auditDevices: 0 })],
  };
  expect(statusText([unasked as InstanceStatus], NOW)).toMatch(
    /main-0 .*\(active, audit not checked\)\n.*main-1 .*\(0 audit devices\)\n/,
  );
});

test("a seal whose token is over leaves servers sealed, and the command that mends it is named", () => {
  expect(statusText(STATUSES, Date.parse("2026-12-01T00:00:00Z"))).toMatch(
    /^ {2}the seal has no valid token, so restarted servers stay sealed; run tenant-vault unseal customer10\/main\.$/m,
  );
});

test("H8: a record that the central Vault is going to delete is named, also of an instance that cannot be inspected", () => {
  const expiring = STATUSES.map((status) => ({
    ...status,
    record: { ...status.record, expires: "2026-12-31T00:00:00Z" },
  }));
  expect(
    statusText(expiring, NOW).match(/deletes this version of the record, .* on 2026-12-31T00:00:00Z;/g),
  ).toHaveLength(STATUSES.length);
  expect(statusText(STATUSES, NOW)).not.toContain("deletes this version");
});
