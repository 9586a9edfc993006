import { expect, test } from "vitest";
import { requiredAccess } from "../../../../src/operations/preflight/required-access";
import { CONFIG, VAULT } from "../../../support/synthesized-stacks";

const access = (...stacks: (typeof CONFIG)[]): string[] =>
  requiredAccess(stacks).map(({ capability, path }) => `${capability} ${path}`);

test("C7: what the token of whoever deploys must be able to do", () => {
  expect(access(VAULT, CONFIG)).toEqual([
    "read customers/data/customer10/main",
    "update customers/data/customer10/main",
    "update customers/metadata/customer10/main",
    "update pki-root/issue/instances",
    "update auth/token/create",
    "read operator/data/customer10/postgresql",
    "update pki-root/root/sign-intermediate",
  ]);
});

test("C7: an issuer that is named signs at a path of its own, and a provider may do without a child token", () => {
  const { json } = CONFIG;
  const named = { ...json, provider: { vault: [{ alias: "central", skip_child_token: true }] }, ephemeral: {} };
  const signed = { main_signed: { provider: "vault.central", backend: "pki-root", issuer_ref: "next" } };
  const resource = { vault_pki_secret_backend_root_sign_intermediate: signed };
  expect(access({ name: "customer10-config", json: { ...named, resource } })).toEqual([
    "update pki-root/issuer/next/sign-intermediate",
  ]);
});

test("P5: the plan reads the certificate of the root that signs, in the central Vault", () => {
  const data = {
    vault_pki_secret_backend_issuer: {
      main_root: { provider: "vault.central", backend: "pki-root", issuer_ref: "default" },
      other_root: { provider: "vault.other", backend: "pki-root", issuer_ref: "default" },
    },
  };
  expect(access({ name: "customer10-config", json: { data } })).toEqual(["read pki-root/issuer/default"]);
});
