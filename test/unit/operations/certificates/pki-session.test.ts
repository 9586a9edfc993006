import { expect, test } from "vitest";
import { onCertificates, pkiMounts } from "../../../../src/operations/certificates/pki-session";
import { ReplicaError } from "../../../../src/vault/errors";
import { ADMINISTERED } from "../../../support/administered";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

test("the PKI mounts are those that the tenant file describes", () => {
  const identities = { ...ADMINISTERED, tokenTtl: 60, secretIdTtl: 3600 };
  expect(pkiMounts({ instance: { identities } as never })).toEqual(["pki"]);
  expect(pkiMounts({ instance: {} as never })).toEqual([]);
});

test("work begins again after a failure that passes, and ends with a code if the identity may not do it", async () => {
  const { context } = await instanceWith(new MemoryContent());
  let attempts = 0;
  const passing = onCertificates(context, () => {
    if (++attempts === 1) throw new ReplicaError("unreachable", "ECONNRESET");
    return Promise.resolve("done");
  });
  expect(await passing).toBe("done");
  const denied = onCertificates(context, () => Promise.reject(new ReplicaError("denied", "pki/certs: 403", 403)));
  await expect(denied).rejects.toMatchObject({ code: "certificates-denied" });
  const refused = onCertificates(context, () => Promise.reject(new ReplicaError("refused", "400", 400)));
  await expect(refused).rejects.toMatchObject({ code: "replica-refused" });
});

test("the root token does not take the place of the identity operate", async () => {
  const { context } = await instanceWith(new MemoryContent());
  let given: unknown;
  const get = (fields: object): Promise<undefined> => {
    given = fields;
    return Promise.resolve(undefined);
  };
  const operator = { get, end: () => Promise.resolve() };
  const work = onCertificates({ ...context, operator }, () => Promise.resolve());
  await expect(work).rejects.toMatchObject({ code: "identity-rehearsal" });
  expect(given).toEqual({});
});
