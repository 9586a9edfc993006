import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudInit, type CloudInitProps, type FileToWrite } from "./cloud-init";
import { OPENVPN_PORT } from "./security-rules";
import { parseCidr } from "../../core/cidr";

/** The tunnel's interface on the gateway, and the network that gives each user an address. */
const TUNNEL = { device: "tun0", network: "10.255.0.0", mask: "255.255.255.0" };

/** CIDR of the tunnel's network. */
export const TUNNEL_CIDR = `${TUNNEL.network}/24`;

/** Folder of the gateway's keys. The scripts name it and `OPENVPN_PORT` as well. */
const FOLDER = "/etc/openvpn/tenant-vault";

/**
 * Cloud-init configuration of an OpenVPN gateway. The gateway generates every key and keeps it: no key passes through
 * Terraform, its state or the cloud's metadata. The gateway has three programs:
 *
 * - `tenant-vpn-keys` creates the certificate authority and the server's key at the first start. A second run changes nothing.
 * - `tenant-vpn-profile NAME ADDRESS` prints a profile for one user. The user's key exists only in this profile.
 * - `tenant-vpn-revoke NAME` revokes a user's certificate. The server reads the revocation list at every connection.
 *
 * @param cidr The cluster's network. Users of the gateway get a route to it.
 */
export function openVpnGateway(cidr: string, props: CloudInitProps): string {
  const { address, mask } = routed(cidr);
  return cloudInit({
    ...props,
    packages: ["openvpn", "openssl", "nftables"],
    files: [
      { path: "/etc/openvpn/server/tenant.conf", permissions: "0644", content: serverConfig(address, mask) },
      program("tenant-vpn-keys"),
      program("tenant-vpn-profile"),
      program("tenant-vpn-revoke"),
      { path: "/etc/sysctl.d/60-tenant-vpn.conf", permissions: "0644", content: "net.ipv4.ip_forward = 1\n" },
      { path: "/etc/nftables.conf", permissions: "0755", content: firewall(cidr) },
    ],
    commands: [
      ["sysctl", "--system"],
      ["tenant-vpn-keys"],
      ["systemctl", "enable", "--now", "nftables.service", "openvpn-server@tenant.service"],
    ],
  });
}

/** A program of the gateway: the shell script of this name beside this file. */
function program(name: string): FileToWrite {
  const content = readFileSync(join(__dirname, `${name}.sh`), "utf8");
  return { path: `/usr/local/sbin/${name}`, permissions: "0755", content };
}

function serverConfig(network: string, mask: string): string {
  return `# See openvpn(8). Users reach the cluster's network and nothing else through this gateway.
port ${OPENVPN_PORT}
proto udp
dev ${TUNNEL.device}
dev-type tun
topology subnet
server ${TUNNEL.network} ${TUNNEL.mask}
push "route ${network} ${mask}"
ca ${FOLDER}/ca.crt
cert ${FOLDER}/server.crt
key ${FOLDER}/server.key
dh none
tls-crypt ${FOLDER}/tls-crypt.key
tls-version-min 1.2
remote-cert-tls client
data-ciphers AES-256-GCM:CHACHA20-POLY1305
crl-verify ${FOLDER}/crl.pem
keepalive 10 60
persist-key
persist-tun
user nobody
group nogroup
`;
}

/**
 * Firewall of the gateway. Users of the tunnel reach the cluster's network only, not the gateway itself. Nodes see the
 * gateway's address as the source, so that they need no route to the tunnel.
 */
function firewall(cidr: string): string {
  return `#!/usr/sbin/nft -f
flush ruleset
table inet tenant_vpn {
  chain input {
    type filter hook input priority filter;
    iifname "${TUNNEL.device}" drop
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "${TUNNEL.device}" ip daddr ${cidr} accept
  }
}
table ip tenant_vpn {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${TUNNEL_CIDR} masquerade
  }
}
`;
}

/** Address and mask of a network, as OpenVPN configuration needs them. */
function routed(cidr: string): { address: string; mask: string } {
  const { prefixLength } = parseCidr(cidr);
  const bits = 2 ** 32 - 2 ** (32 - prefixLength);
  const mask = [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
  return { address: cidr.split("/")[0] ?? "", mask };
}
