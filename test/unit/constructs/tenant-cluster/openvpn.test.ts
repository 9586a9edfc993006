import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { openVpnGateway, TUNNEL_CIDR } from "../../../../src/constructs/tenant-cluster/openvpn";

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string; readonly permissions: string }[];
}

const { write_files: files } = parse(openVpnGateway("20.0.0.0/22", {}).replaceAll("$${", () => "${")) as CloudConfig;

function file(path: string): (typeof files)[number] {
  const found = files.find((candidate) => candidate.path === path);
  if (found === undefined) throw new Error(`${path} is not written`);
  return found;
}

const server = file("/etc/openvpn/server/tenant.conf").content;

describe("the programs of an OpenVPN gateway", () => {
  test.each(["tenant-vpn-keys", "tenant-vpn-profile", "tenant-vpn-revoke"])(
    "%s is an executable shell script that stops at an error and works in the server's folder",
    (name) => {
      const { content, permissions } = file(`/usr/local/sbin/${name}`);
      expect(permissions).toBe("0755");
      expect(content).toMatch(/^#!\/bin\/sh\nset -eu\numask 077\n/);
      const [, folder = ""] = /^ca (.*)\/ca\.crt$/m.exec(server) ?? [];
      expect(content).toContain(`\ncd ${folder}\n`);
    },
  );

  test("a user's profile names the server's port", () => {
    const [, port = ""] = /^port (.*)$/m.exec(server) ?? [];
    expect(file("/usr/local/sbin/tenant-vpn-profile").content).toContain(`\nremote $2 ${port}\n`);
  });
});

test("the server gives its users a route to the cluster's network, and the firewall allows only this network", () => {
  expect(server).toContain('push "route 20.0.0.0 255.255.252.0"');
  const firewall = file("/etc/nftables.conf").content;
  expect(firewall).toContain('iifname "tun0" ip daddr 20.0.0.0/22 accept');
  expect(firewall).toContain(`ip saddr ${TUNNEL_CIDR} masquerade`);
});
