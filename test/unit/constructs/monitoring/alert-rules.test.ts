import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alertRules, Duration } from "../../../../src/index";
import { TARGET } from "./instance";
import { all } from "../../../support/all";

const RULES = alertRules(TARGET);

describe("the alerts", () => {
  test("are these", () => {
    expect(RULES).toMatchSnapshot();
  });

  test("are explained in the README, each and no other", () => {
    const readme = readFileSync(join(__dirname, "../../../../src/constructs/monitoring/README.md"), "utf8");
    const explained = [...readme.matchAll(/^\| `(Vault\w+)`/gm)].map(([, name]) => name);
    expect(explained).toEqual(RULES.map(({ alert }) => alert));
  });

  test("are about one instance alone", () => {
    for (const { expr, labels } of all(RULES)) {
      expect(labels).toMatchObject({ tenant: "customer10", instance: "main" });
      for (const [selector] of all(expr.matchAll(/\{[^}]+\}/g)))
        expect(selector).toMatch(/namespace="customer10-main"|tenant="customer10"/);
    }
  });

  test("wait as long as they are told before an end", () => {
    const rules = alertRules({
      ...TARGET,
      certificateMargin: Duration.days(3),
      issuerMargin: Duration.days(90),
      sealTokenMargin: Duration.hours(1),
    });
    const expression = (alert: string): string | undefined => rules.find((rule) => rule.alert === alert)?.expr;
    expect(expression("VaultCertificateExpiring")).toMatch(/< 259200$/);
    expect(expression("VaultIssuerExpiring")).toMatch(/< 7776000$/);
    expect(expression("VaultSealTokenExpiring")).toMatch(/< 3600$/);
  });
});
