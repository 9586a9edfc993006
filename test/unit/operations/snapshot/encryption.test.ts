import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { decrypted, encryptorFor, parseIdentities } from "../../../../src/operations/snapshot/encryption";
import { ageKey } from "../../../support/age";
import { collect, piecesOf } from "../../../support/archive";

const PLAIN = randomBytes(200_000);
let identities: string[];
let recipients: string[];
beforeAll(async () => {
  const keys = await Promise.all([ageKey(), ageKey(), ageKey()]);
  identities = keys.map(({ identity }) => identity);
  recipients = keys.map(({ recipient }) => recipient);
});

async function encrypt(to: readonly string[]): Promise<Buffer> {
  return collect(await (await encryptorFor(to))(piecesOf(PLAIN)));
}

test("each recipient decrypts, and nobody else", async () => {
  const cipher = await encrypt(recipients.slice(0, 2));
  expect(cipher.includes(PLAIN.subarray(0, 64))).toBe(false);
  for (const identity of identities.slice(0, 2)) {
    expect((await collect(await decrypted(piecesOf(cipher), [new Secret(identity)]))).equals(PLAIN)).toBe(true);
  }
  const other = new Secret(identities[2] ?? "");
  await expect(decrypted(piecesOf(cipher), [other])).rejects.toMatchObject({ code: "snapshot-undecryptable" });
});

test("a cipher text that is cut off or changed fails before its end", async () => {
  const cipher = await encrypt(recipients);
  const own = [new Secret(identities[0] ?? "")];
  const changed = Buffer.from(cipher);
  changed.writeUInt8(changed.readUInt8(150_000) ^ 1, 150_000);
  for (const bytes of [cipher.subarray(0, 100_000), changed]) {
    await expect(decrypted(piecesOf(bytes), own).then(collect)).rejects.toThrow();
  }
});

test("a source that fails makes the cipher text fail", async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(PLAIN);
    throw new Error("cut");
  };
  await expect(encryptorFor(recipients).then((run) => run(failing()).then(collect))).rejects.toThrow("cut");
});

test.each([[[]], [["age1"]], [["AGE-SECRET-KEY-1"]], [["ssh-ed25519 AAAA"]]])("%j are no recipients", async (given) => {
  await expect(encryptorFor(given)).rejects.toMatchObject({ code: "usage" });
});

test("an identity file is read as age-keygen writes it", async () => {
  const text = `# created: 2026-11-27\n# public key: ${recipients[0] ?? ""}\n${identities[0] ?? ""}\r\n\n${identities[1] ?? ""}\n`;
  expect((await parseIdentities(text, "key.txt")).map((secret) => secret.reveal())).toEqual(identities.slice(0, 2));
});

test.each(["", "# nothing\n", "age1notsecret\n"])(
  "the identity file %j is refused without its content",
  async (text) => {
    await expect(parseIdentities(text, "key.txt")).rejects.toMatchObject({
      code: "usage",
      message: expect.not.stringContaining("notsecret") as string,
    });
  },
);
