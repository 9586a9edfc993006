import { describe, expect, test } from "vitest";
import { AuditDevice, HighAvailabilityDeployment, type Product } from "../../../../src/index";
import { allAuditDevices } from "../../../../src/constructs/server-config/audit-device";
import { STORED, synthesizeInstance } from "../../../support/instance";

describe("a second audit device", () => {
  test.each<[Product, "tcp" | "udp"]>([
    ["openbao", "tcp"],
    ["openbao", "udp"],
    ["vault", "tcp"],
  ])("of %s is reached over %s through the network policies", (product, type) => {
    const auditDevices = [AuditDevice.socket("siem.example:6514", type)];
    const json = synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, auditDevices }), { product });
    const policies = JSON.stringify(json.resource.kubernetes_network_policy_v1);
    expect(policies).toContain("a second audit log (port 6514)");
    expect(policies).toContain(`{"port":"6514","protocol":"${type.toUpperCase()}"}`);
  });

  test.each([AuditDevice.syslog(), AuditDevice.socket("/run/audit.sock", "unix")])(
    "on the node needs no way",
    (device) => {
      expect(device.egress).toBeUndefined();
    },
  );

  test.each(["siem.example", "siem.example:0", "siem.example:99999", ":x"])(
    "fails when its address is %s",
    (address) => {
      expect(() => AuditDevice.socket(address)).toThrow(/is not a valid socket address; write host and port/);
    },
  );

  test("fails when another has its path", () => {
    const [one, other] = [AuditDevice.socket("a:1"), AuditDevice.socket("b:2")];
    expect(() => allAuditDevices("/audit", [one, other])).toThrow(/Two audit devices have the path "socket"/);
  });
});
