import { expect, test } from "vitest";
import type { SshKeyDescription } from "../../../../src/contract/authorities";
import { Secret } from "../../../../src/core/secret";
import { decideSshKey, ensureSshKey } from "../../../../src/operations/authorities/ensure-ssh-key";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { running } from "../../../support/explored-worlds";
import { MemoryContent } from "../../../support/memory-content";
import { SSH_KEY } from "../../../support/simulated-authorities";
import type { Universe } from "../../../support/simulation";
import { madeSshKey } from "../../../support/ssh-keys";

const KEY = madeSshKey();

/** A world in which a person has written a key. */
async function withKey(file: string): Promise<Universe> {
  const universe = await running();
  universe.authorities.bundles.set("operator/ssh-ca#private-key", new Secret(file));
  return universe;
}

const ensure = (universe: Universe, description: SshKeyDescription = SSH_KEY) =>
  ensureSshKey(universe.start(), description);

test.each([
  [undefined, "import"],
  [KEY.publicKey, "nothing"],
  [`${KEY.publicKey} of a person\n`, "nothing"],
  [madeSshKey().publicKey, "refuse"],
  ["undefined", "refuse"],
] as const)("a mount whose public key is %s", (present, step) => {
  expect(decideSshKey(KEY.publicKey, present)).toBe(step);
});

test("the key comes into a mount without one, and another run changes nothing", async () => {
  const universe = await withKey(KEY.file);
  const report = { mount: "ssh", issuer: expect.stringMatching(/^SHA256:/) as string };
  expect(await ensure(universe)).toEqual({ ...report, steps: ["import"] });
  expect(universe.content.objects["ssh/config/ca"]).toEqual({
    generate_signing_key: false,
    private_key: KEY.file,
    public_key: KEY.publicKey,
  });
  expect(await ensure(universe)).toEqual({ ...report, steps: [] });
  expect(JSON.stringify(universe.events)).not.toContain("PRIVATE KEY");
});

test("a mount that was created again gets the key again", async () => {
  const universe = await withKey(KEY.file);
  await ensure(universe);
  Reflect.deleteProperty(universe.content.objects, "ssh/config/ca");
  expect(await ensure(universe)).toMatchObject({ steps: ["import"] });
});

test("a mount with another key keeps it, and the error says what to do", async () => {
  const universe = await withKey(KEY.file);
  await ensure(universe);
  universe.authorities.bundles.set("operator/ssh-ca#private-key", new Secret(madeSshKey().file));
  await expect(ensure(universe, { ...SSH_KEY, revision: 2 })).rejects.toMatchObject({
    code: "authority-conflict",
    message:
      "The mount ssh of customer10/main signs with another key than the field private-key of operator/ssh-ca in the central Vault; write the former key there again, or raise generation of the SSH authority and import this key as that generation.",
  });
  expect(universe.content.objects["ssh/config/ca"]).toMatchObject({ public_key: KEY.publicKey });
});

test.each([
  ["", /^The field private-key of operator\/ssh-ca in the central Vault is empty; write .*, and deploy again\.$/],
  [madeSshKey({ bits: 1024 }).file, /has an RSA key of 1024 bits/],
  [madeSshKey({ cipher: "aes256-ctr" }).file, /has a private key with a passphrase/],
])("what is no key is refused before the instance gets it (%#)", async (file, message) => {
  const universe = file === "" ? await running() : await withKey(file);
  await expect(ensure(universe)).rejects.toMatchObject({
    code: "authority-bundle",
    message: expect.stringMatching(message) as string,
  });
  expect(universe.content.objects["ssh/config/ca"]).toBeUndefined();
});

/** An instance whose answers to requests for the key are given, one after the other. */
async function answering(...answers: readonly (ReplicaError | undefined)[]) {
  const api = new MemoryContent();
  let asked = 0;
  api.onRequest = (path) => {
    const answer = path === "ssh/config/ca" ? answers[Math.min(asked++, answers.length - 1)] : undefined;
    if (answer !== undefined) throw answer;
  };
  const { universe, context } = await instanceWith(api);
  universe.authorities.bundles.set("operator/ssh-ca#private-key", new Secret(KEY.file));
  return { api, context };
}

test("any other failure to read brings no key", async () => {
  const { api, context } = await answering(new ReplicaError("refused", "ssh/config/ca: 400 unsupported", 400));
  await expect(ensureSshKey(context, SSH_KEY)).rejects.toMatchObject({ code: "timeout" });
  expect(api.written.filter(([path]) => path === "ssh/config/ca")).toEqual([]);
});

test("without the right to import, the error names the layers to deploy", async () => {
  const { context } = await answering(undefined, new ReplicaError("denied", "403", 403));
  await expect(ensureSshKey(context, SSH_KEY)).rejects.toMatchObject({
    code: "authority-denied",
    message: expect.stringMatching(/into the mount ssh yet; deploy the stack customer10-vault, and then/) as string,
  });
});
