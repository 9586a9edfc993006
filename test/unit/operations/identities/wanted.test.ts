import { expect, test } from "vitest";
import {
  formerRole,
  isAsWanted,
  longestTtl,
  scopeOf,
  settingsOf,
  wantedRole,
} from "../../../../src/operations/identities/wanted";
import { INSTANCE } from "../../../support/simulation";

const SETTINGS = { ...settingsOf(INSTANCE), boundCidrs: ["10.0.0.1/32", "10.1.0.0/16"] };

test("an instance that is described without identities has the defaults", () => {
  expect(settingsOf(INSTANCE)).toEqual({ mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000 });
  expect(longestTtl(settingsOf(INSTANCE))).toBe(7_776_000);
});

test("the identities administer what is described and what exists, each mount once", () => {
  const identities = {
    ...settingsOf(INSTANCE),
    mounts: [{ path: "pki", type: "pki" as const }],
    logins: [{ path: "approle", type: "approle" as const }],
    plugins: [{ type: "secret" as const, name: "aws" }],
  };
  const engines = [
    { path: "pki", type: "pki", maxTtl: 0 },
    { path: "old", type: "ssh", maxTtl: 0 },
    { path: "kv", type: "kv", version: "2", maxTtl: 0 },
    { path: "first", type: "kv", version: "1", maxTtl: 0 },
    { path: "sys", type: "system", maxTtl: 0 },
  ];
  const logins = ["token", "approle", "tenant-vault"].map((path) => ({
    path,
    type: path === "token" ? "token" : "approle",
    maxTtl: 0,
  }));
  expect(scopeOf({ product: "openbao", identities }, engines, logins)).toEqual({
    product: "openbao",
    mounts: [
      { path: "pki", type: "pki" },
      { path: "old", type: "ssh" },
      { path: "kv", type: "kv" },
    ],
    logins: [{ path: "approle", type: "approle" }],
    plugins: [{ type: "secret", name: "aws" }],
  });
});

test("a role is as wanted if the server spells it in its own way", () => {
  const wanted = wantedRole("plan", SETTINGS);
  const found = { ...wanted, token_bound_cidrs: ["10.0.0.1", "10.1.0.0/16"], local_secret_ids: false };
  expect(isAsWanted(found, wanted)).toBe(true);
  const everywhere = wantedRole("plan", settingsOf(INSTANCE));
  expect(isAsWanted({ ...everywhere, secret_id_bound_cidrs: null }, everywhere)).toBe(true);
});

test.each(Object.keys(wantedRole("plan", SETTINGS)))("a role with another %s is not as wanted", (name) => {
  const wanted = wantedRole("plan", SETTINGS);
  expect(isAsWanted({ ...wanted, [name]: "other" }, wanted)).toBe(false);
  expect(isAsWanted(undefined, wanted)).toBe(false);
});

test("a role becomes what it was by its own settings alone", () => {
  const found = { ...wantedRole("plan", SETTINGS), secret_id_bound_cidrs: null, local_secret_ids: false };
  expect(formerRole(found)).toEqual({ ...wantedRole("plan", SETTINGS), secret_id_bound_cidrs: [] });
});
