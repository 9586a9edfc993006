import { expect, test } from "vitest";
import type { StopCode } from "../../../../src/operations/unseal/decide";
import { explainStop } from "../../../../src/operations/unseal/explain";

const CODES: Record<StopCode, true> = {
  "answer-lost": true,
  "data-lost": true,
  "former-member": true,
  "initialized-elsewhere": true,
  "journal-orphaned": true,
  "record-deleted": true,
  "seal-differs": true,
  split: true,
  "too-few-keys": true,
};

test.each(Object.keys(CODES) as StopCode[])("%s says what is wrong, where, and what to do", (code) => {
  const { message, code: given, retryable } = explainStop(code, "customer10/main", "DETAILS");
  expect(given).toBe(code);
  expect(retryable).toBe(false);
  expect(message).toMatch(/customer10\/main/);
  expect(message).toMatch(/^[^\n]+; [^\n]+\.$/);
  if (!["answer-lost", "initialized-elsewhere"].includes(code)) expect(message).toContain("DETAILS");
});

test.each(["answer-lost", "initialized-elsewhere"] as const)("%s of a namespace says how to delete it", (code) => {
  const place = { sharedInstance: "shared/main" };
  const { message } = explainStop(code, "customer20/main", "", place);
  expect(message).toContain(
    '"bao delete sys/namespaces/customer20.main/delete-sealed" and a root token of shared/main',
  );
  expect(message).not.toContain("storage");
});
