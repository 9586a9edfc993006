import { z } from "zod";
import { SecretRef } from "../core/secret-ref";
import { Seal } from "../constructs/seal/seal";
import { built, nonEmpty, path } from "./fields";

/** A secret by where it is in the central Vault. */
export const secretRef = built(
  z.strictObject({ mount: path, path, field: nonEmpty, revision: z.number().int().min(1).optional() }),
  (location) => SecretRef.centralVault(location),
);

const shares = { secretShares: z.number().optional(), secretThreshold: z.number().optional() };

const plugin = z
  .strictObject({
    command: nonEmpty,
    sha256sum: z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256; write 64 hexadecimal digits"),
    directory: nonEmpty.optional(),
  })
  .optional();

const url = z.url({ protocol: /^https$/, error: "is no https address; write one such as https://kms.example.com" });

/** Built here, so that a seal that cannot be is a complaint about its field. */
export const seal: z.ZodType<Seal> = z
  .unknown()
  .transform((value) =>
    typeof value === "object" && value !== null && !("type" in value) ? { ...value, type: "shamir" } : value,
  )
  .pipe(
    z.discriminatedUnion("type", [
      built(z.strictObject({ type: z.literal("shamir"), former: z.lazy(() => seal).optional(), ...shares }), (props) =>
        Seal.shamir(props),
      ),
      built(z.strictObject({ type: z.literal("transit"), ...shares }), (props) => Seal.transit(props)),
      built(
        z.strictObject({
          type: z.literal("awskms"),
          region: nonEmpty,
          kmsKeyId: nonEmpty,
          endpoint: url.optional(),
          credentials: z.strictObject({ accessKeyId: secretRef, secretAccessKey: secretRef }).optional(),
          plugin,
          ...shares,
        }),
        (props) => Seal.awsKms(props),
      ),
      built(
        z.strictObject({
          type: z.literal("gcpckms"),
          project: nonEmpty,
          region: nonEmpty,
          keyRing: nonEmpty,
          cryptoKey: nonEmpty,
          credentials: secretRef.optional(),
          plugin,
          ...shares,
        }),
        (props) => Seal.gcpCloudKms(props),
      ),
      built(
        z.strictObject({
          type: z.literal("azurekeyvault"),
          tenantId: nonEmpty,
          vaultName: nonEmpty,
          keyName: nonEmpty,
          credentials: z.strictObject({ clientId: secretRef, clientSecret: secretRef }).optional(),
          plugin,
          ...shares,
        }),
        (props) => Seal.azureKeyVault(props),
      ),
      built(
        z.strictObject({
          type: z.literal("alicloudkms"),
          region: nonEmpty,
          kmsKeyId: nonEmpty,
          credentials: z.strictObject({ accessKey: secretRef, secretKey: secretRef }),
          plugin,
          ...shares,
        }),
        (props) => Seal.aliCloudKms(props),
      ),
      built(
        z.strictObject({
          type: z.literal("ocikms"),
          keyId: nonEmpty,
          cryptoEndpoint: url,
          managementEndpoint: url,
          plugin,
          ...shares,
        }),
        (props) => Seal.ociKms(props),
      ),
      built(
        z.strictObject({
          type: z.literal("pkcs11"),
          library: nonEmpty,
          tokenLabel: nonEmpty,
          keyLabel: nonEmpty,
          hmacKeyLabel: nonEmpty.optional(),
          mechanism: nonEmpty.optional(),
          pin: secretRef,
          plugin,
          ...shares,
        }),
        (props) => Seal.pkcs11(props),
      ),
      built(
        z.strictObject({
          type: z.literal("static"),
          keyId: nonEmpty,
          key: secretRef,
          previous: z.strictObject({ keyId: nonEmpty, key: secretRef }).optional(),
          ...shares,
        }),
        (props) => Seal.staticKey(props),
      ),
    ]),
  );
