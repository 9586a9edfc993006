import { describe, expect, test } from "vitest";
import { LeaseLimit, RateLimit } from "../../../src/index";
import { type InstanceSpec } from "../../../src/tenant";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { resourcesThrough, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

type Setting = Readonly<Record<string, unknown>>;

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  keyValue: [{ mount: "kv" }, { mount: "other" }],
  roles: [
    { name: "web", read: ["kv/web"] },
    { name: "batch", read: ["kv/batch"] },
  ],
  rateLimits: [
    { name: "secrets", mount: "kv", rate: 100 },
    { name: "logins", login: "approle", role: "web", rate: 10 },
  ],
  leaseLimits: [{ name: "leases", maxLeases: 1000 }],
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));

const SECRETS = "vault_quota_rate_limit.main_rate_limit_secrets";
const LOGINS = "vault_quota_rate_limit.main_rate_limit_logins";
const LEASES = "vault_quota_lease_count.main_lease_limit_leases";
const ONLY_OTHER = { "rateLimits.1": { name: "logins", rate: 10 } };

const CHANGES: readonly FieldChange<Setting>[] = [
  ["InstanceSpec.leaseLimits", {}, { leaseLimits: REMOVED }, [`delete ${LEASES}`]],
  ["InstanceSpec.rateLimits", {}, { rateLimits: REMOVED }, [`delete ${LOGINS}`, `delete ${SECRETS}`]],
  ["LeaseLimitProps.maxLeases", {}, { "leaseLimits.0.maxLeases": 10 }, [`update ${LEASES}: max_leases`]],
  [
    "LeaseLimitProps.name",
    {},
    { "leaseLimits.0.name": "all" },
    ["create vault_quota_lease_count.main_lease_limit_all", `delete ${LEASES}`],
  ],
  [
    "QuotaTarget.login",
    ONLY_OTHER,
    { "rateLimits.1": { name: "logins", login: "approle", rate: 10 } },
    [`replace ${LOGINS}: path`],
  ],
  ["QuotaTarget.mount", {}, { "rateLimits.0.mount": "other" }, [`replace ${SECRETS}: path`]],
  [
    "QuotaTarget.namespace",
    ONLY_OTHER,
    { "rateLimits.1": { name: "logins", namespace: "customer20/main", rate: 10 } },
    [`replace ${LOGINS}: path`],
  ],
  ["QuotaTarget.role", {}, { "rateLimits.1.role": "batch" }, [`update ${LOGINS}: role`]],
  ["RateLimitProps.blockInterval", {}, { "rateLimits.0.blockInterval": "1m" }, [`update ${SECRETS}: block_interval`]],
  ["RateLimitProps.interval", {}, { "rateLimits.0.interval": "1m" }, [`update ${SECRETS}: interval`]],
  [
    "RateLimitProps.name",
    {},
    { "rateLimits.0.name": "kv" },
    ["create vault_quota_rate_limit.main_rate_limit_kv", `delete ${SECRETS}`],
  ],
  ["RateLimitProps.rate", {}, { "rateLimits.0.rate": 200 }, [`update ${SECRETS}: rate`]],
];

describe("quotas of a tenant file", () => testChanges(config, CHANGES));

test("a quota waits for its mount", () => {
  const { main_rate_limit_secrets: secrets, main_rate_limit_logins: logins } =
    config({}).resource.vault_quota_rate_limit ?? {};
  expect(secrets?.path).toBe("${vault_mount.main_key_value_kv.path}/");
  expect(logins?.path).toBe("auth/${vault_auth_backend.main_login.path}/");
});

test("LeaseLimitProps.product: the other product is refused", () => {
  expect(() => config({ product: "openbao" })).toThrow(/OpenBao has no quota of leases such as leases/);
});

test.each(["LeaseLimitProps.provider", "RateLimitProps.provider"])(
  "%s: another provider of the same server changes nothing else",
  () => {
    const limits = (alias: string): object =>
      resourcesThrough(alias, "central", (stack, { provider }) => {
        new RateLimit(stack, "Rate", { name: "all", rate: 10, provider });
        new LeaseLimit(stack, "Lease", { name: "leases", product: "vault", maxLeases: 10, provider });
      });
    expect(limits("one")).toEqual(limits("two"));
  },
);

test("a namespace has no quotas: they are those of the instance that hosts it", () => {
  const deployment = { mode: "namespace", of: "shared/main" };
  expect(() => config({ product: "openbao", leaseLimits: REMOVED, deployment })).toThrow(
    /instances\[0\]\.rateLimits: a namespace has no quotas of its own; write them at shared\/main/,
  );
});
