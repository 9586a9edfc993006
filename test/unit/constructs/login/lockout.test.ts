import { describe, expect, test } from "vitest";
import { AppRoleLogin, Duration, Users, type LoginLockout } from "../../../../src/index";
import { only, synthesizeInVault } from "../../../support/synth";

/** The requests that set the lockout of a login by AppRole: one, or none. */
function tuned(lockout?: LoginLockout): unknown[] {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    new AppRoleLogin(stack, "Login", { provider, lockout });
  });
  return Object.values(resource.vault_generic_endpoint ?? {}).map(({ data_json }) => data_json);
}

test("without the field nothing is written: the server locks out after 5 failures for 15 minutes", () => {
  expect(tuned()).toEqual([]);
});

test("each setting is written, and again as the server answers with it", () => {
  expect(tuned({ threshold: 3 })).toEqual([
    '${jsonencode({"user_lockout_config" = {"lockout_threshold" = "3", "lockout_duration" = "900s", "lockout_counter_reset_duration" = "900s", "lockout_disable" = false}, "user_lockout_threshold" = 3, "user_lockout_duration" = 900, "user_lockout_counter_reset_duration" = 900, "user_lockout_disable" = false})}',
  ]);
  const { duration, counterReset } = { duration: Duration.hours(1), counterReset: Duration.minutes(30) };
  expect(tuned({ duration, counterReset })[0]).toContain(
    '"user_lockout_duration" = 3600, "user_lockout_counter_reset_duration" = 1800',
  );
  expect(tuned({ disabled: true })[0]).toContain('"lockout_disable" = true');
});

test("people have one, too", () => {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    new Users(stack, "Users", { users: [], lockout: { threshold: 3 }, provider });
  });
  expect(only(resource, "vault_generic_endpoint").path).toBe("sys/auth/${vault_auth_backend.users.path}/tune");
});

describe("fails when", () => {
  test.each<[string, LoginLockout, string]>([
    ["nobody could log in", { threshold: 0 }, "A lockout after 0 failed logins is not possible"],
    ["settings do nothing", { disabled: true, threshold: 3 }, "The lockout is disabled, so its other settings do"],
    ["settings do nothing", { disabled: true, duration: Duration.hours(1) }, "The lockout is disabled"],
  ])("%s", (_case, lockout, message) => {
    expect(() => tuned(lockout)).toThrow(message);
  });
});
