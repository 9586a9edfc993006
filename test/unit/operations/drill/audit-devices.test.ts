import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { removeAuditDevices } from "../../../../src/operations/drill/audit-devices";
import { damage, split } from "../../../support/shamir";
import { FakeVault } from "../../../support/vault-api";

const ATTEMPT = "sys/generate-recovery-token/attempt";
const UPDATE = "sys/generate-recovery-token/update";
const TOKEN = "hvr.of-the-storage";
const OTP = "one-time-password".padEnd(TOKEN.length, "x");
const STORE = { path: "a/b" };

let fake: FakeVault;
afterEach(() => fake.stop());

/** A server in recovery mode that takes the second of two keys as the last one if both are among the good ones. */
async function recovering(good: readonly string[]): Promise<FakeVault> {
  let shown: string[] = [];
  fake = await FakeVault.start(({ method, path, body }) => {
    if (path === ATTEMPT) {
      shown = [];
      return { body: { started: true, nonce: "n", otp: OTP, progress: 0, required: 2 } };
    }
    if (path !== UPDATE) return method === "DELETE" ? {} : { status: 404 };
    shown.push((body as { key: string }).key);
    if (shown.length < 2) return { body: { complete: false } };
    if (!shown.every((key) => good.includes(key))) return { status: 400 };
    const encoded = Buffer.from(TOKEN).map((byte, at) => byte ^ OTP.charCodeAt(at));
    return { body: { complete: true, encoded_token: Buffer.from(encoded).toString("base64").replaceAll("=", "") } };
  });
  return fake;
}

const secrets = (keys: readonly string[]): Secret[] => keys.map((key) => new Secret(key));

test("deletes what a restored server has of audit devices, with a token for its storage alone", async () => {
  const keys = split(randomBytes(32), 3, 2);
  const { requests } = await recovering(keys);
  await removeAuditDevices(fake.client(""), { keys: secrets(keys), threshold: 2 }, STORE);
  const deletions = requests.filter(({ method, path }) => method === "DELETE" && path.startsWith("sys/raw/"));
  expect(deletions.map(({ path, headers }) => [path, headers["x-vault-token"]])).toEqual([
    ["sys/raw/core/audit", TOKEN],
    ["sys/raw/core/local-audit", TOKEN],
  ]);
});

test("a damaged key of the record does not keep it from the storage", async () => {
  const [first = "", ...others] = split(randomBytes(32), 3, 2);
  await recovering(others);
  await removeAuditDevices(fake.client(), { keys: secrets([damage(first), ...others]), threshold: 2 }, STORE);
  expect(fake.asked.at(-1)).toBe("DELETE sys/raw/core/local-audit");
});

test("keys that do not open the storage are refused, and nothing is deleted", async () => {
  await recovering([]);
  const keys = secrets(split(randomBytes(32), 3, 2));
  await expect(removeAuditDevices(fake.client(), { keys, threshold: 2 }, STORE)).rejects.toMatchObject({
    code: "keys-refused",
  });
  expect(fake.asked.filter((request) => request.includes("sys/raw"))).toEqual([]);
});
