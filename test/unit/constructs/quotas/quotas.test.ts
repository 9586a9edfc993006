import { describe, expect, test } from "vitest";
import { Duration, LeaseLimit, RateLimit, type LeaseLimitProps, type RateLimitProps } from "../../../../src/index";
import { only, synthesizeInVault } from "../../../support/synth";

function rateLimit(props: Partial<RateLimitProps> = {}): Record<string, unknown> {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    new RateLimit(stack, "Limit", { name: "all", rate: 100, provider, ...props });
  });
  return only(resource, "vault_quota_rate_limit");
}

function leaseLimit(props: Partial<LeaseLimitProps> = {}): Record<string, unknown> {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    new LeaseLimit(stack, "Limit", { name: "leases", product: "vault", maxLeases: 1000, provider, ...props });
  });
  return only(resource, "vault_quota_lease_count");
}

test("by default a rate limit is for the whole instance and one second", () => {
  expect(rateLimit()).toEqual({ provider: "vault.instance", name: "all", path: "", rate: 100, interval: 1 });
});

describe("properties", () => {
  test.each<[Partial<RateLimitProps>, string]>([
    [{ mount: "kv" }, "kv/"],
    [{ login: "userpass" }, "auth/userpass/"],
    [{ namespace: "customer20/main" }, "customer20.main/"],
    [{ namespace: "customer20/main", login: "userpass" }, "customer20.main/auth/userpass/"],
  ])("%j is the path %s", (target, path) => {
    expect(rateLimit(target).path).toBe(path);
    expect(leaseLimit(target).path).toBe(path);
  });

  test("role, interval and blockInterval", () => {
    expect(
      rateLimit({ login: "approle", role: "web", interval: Duration.minutes(1), blockInterval: Duration.minutes(5) }),
    ).toMatchObject({ path: "auth/approle/", role: "web", interval: 60, block_interval: 300 });
  });

  test("maxLeases", () => {
    expect(leaseLimit({ maxLeases: 5 })).toMatchObject({ name: "leases", max_leases: 5 });
  });
});

describe("fails when", () => {
  test.each<[string, Partial<RateLimitProps>, string]>([
    ["the name is a path", { name: "a/b" }, '"a/b" is not a valid name of a quota'],
    ["it has two targets", { mount: "kv", login: "userpass" }, "names both a mount and a login"],
    ["a role has no login", { role: "web" }, "names a role without a login"],
    ["a namespace is no instance", { namespace: "customer20" }, 'is for "customer20", which is not an instance'],
    ["nothing would be allowed", { rate: 0 }, "has a rate of 0, which is not possible"],
  ])("%s", (_case, props, message) => {
    expect(() => rateLimit(props)).toThrow(message);
  });

  test("nothing would be leased, or OpenBao should count leases", () => {
    expect(() => leaseLimit({ maxLeases: 0 })).toThrow("allows 0 leases, which is not possible");
    expect(() => leaseLimit({ product: "openbao" })).toThrow(
      "[test/Limit] OpenBao has no quota of leases such as leases; limit requests by a rate limit, and lifetimes",
    );
  });
});
