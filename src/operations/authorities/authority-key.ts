import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { ExportedAuthority } from "../../contract/authorities";
import { Secret } from "../../core/secret";

const generate = promisify(generateKeyPair);

/** A new key, PEM of PKCS #8. It is made here and not in the instance, which tells a key once: an answer that is lost would lose it. */
export async function generateAuthorityKey({
  keyType,
  keyBits,
}: Pick<ExportedAuthority, "keyType" | "keyBits">): Promise<Secret> {
  const { privateKey } =
    keyType === "rsa"
      ? await generate("rsa", { modulusLength: keyBits })
      : keyType === "ec"
        ? await generate("ec", { namedCurve: `P-${keyBits}` })
        : await generate("ed25519");
  return new Secret(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}
