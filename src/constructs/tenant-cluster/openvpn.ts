import { cloudInit, type CloudInitProps } from "./cloud-init";
import { OPENVPN_PORT } from "./security-rules";
import { parseCidr } from "../../core/cidr";

/** Addresses that users of the gateway get; inside the tunnel only. */
const TUNNEL = { device: "tun0", network: "10.255.0.0", mask: "255.255.255.0" };

/** The same, as a CIDR. */
export const TUNNEL_CIDR = `${TUNNEL.network}/24`;

const FOLDER = "/etc/openvpn/tenant-vault";

/**
 * Cloud-init configuration of an OpenVPN gateway. Every key is made on the gateway and stays there: none goes through
 * Terraform, its state or the cloud's metadata. `sudo tenant-vpn-profile NAME ADDRESS` prints a profile for one user,
 * `sudo tenant-vpn-revoke NAME` takes it back.
 *
 * @param cidr The cluster's network, which users are routed to.
 */
export function openVpnGateway(cidr: string, props: CloudInitProps): string {
  const { address, mask } = routed(cidr);
  return cloudInit({
    ...props,
    packages: ["openvpn", "openssl", "nftables"],
    files: [
      { path: "/etc/openvpn/server/tenant.conf", permissions: "0644", content: serverConfig(address, mask) },
      { path: "/usr/local/sbin/tenant-vpn-keys", permissions: "0755", content: KEYS },
      { path: "/usr/local/sbin/tenant-vpn-profile", permissions: "0755", content: PROFILE },
      { path: "/usr/local/sbin/tenant-vpn-revoke", permissions: "0755", content: REVOKE },
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

/** Makes the authority and the server's key on first start; run again, it changes nothing. */
const KEYS = `#!/bin/sh
set -eu
umask 077
mkdir -p ${FOLDER}/issued
cd ${FOLDER}
[ -f server.crt ] && exit 0
cat > ca.cnf <<'EOF'
[ca]
default_ca = tenant
[tenant]
database = index.txt
crlnumber = crlnumber
default_md = sha384
default_crl_days = 3650
EOF
: > index.txt
echo 01 > crlnumber
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$1"; }
key ca.key
openssl req -x509 -new -key ca.key -subj "/CN=Tenant OpenVPN CA" -days 3650 -sha384 \\
  -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.crt
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out crl.pem
key server.key
printf 'basicConstraints=CA:FALSE\\nkeyUsage=digitalSignature\\nextendedKeyUsage=serverAuth\\n' > server.ext
openssl req -new -key server.key -subj "/CN=gateway" |
  openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -sha384 -extfile server.ext -out server.new
openvpn --genkey tls-crypt tls-crypt.key
# The server drops its rights and reads the list of revoked certificates again and again.
chmod 0755 . && chmod 0644 crl.pem
mv server.new server.crt
`;

/** Prints a profile for one user; the key in it exists nowhere else. */
const PROFILE = `#!/bin/sh
set -eu
umask 077
case "\${1-}:\${2-}" in
  *[!a-z0-9.:-]*|:*|*:) echo "usage: tenant-vpn-profile NAME ADDRESS-OF-THIS-GATEWAY" >&2; exit 64 ;;
esac
cd ${FOLDER}
if [ -e "issued/$1.crt" ]; then
  echo "$1 has a profile; take it back with tenant-vpn-revoke $1 first" >&2
  exit 65
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/key"
printf 'basicConstraints=CA:FALSE\\nkeyUsage=digitalSignature\\nextendedKeyUsage=clientAuth\\n' > "$work/ext"
openssl req -new -key "$work/key" -subj "/CN=$1" |
  openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -sha384 -extfile "$work/ext" -out "issued/$1.crt"
cat <<EOF
client
dev tun
proto udp
remote $2 ${OPENVPN_PORT}
nobind
remote-cert-tls server
tls-version-min 1.2
data-ciphers AES-256-GCM:CHACHA20-POLY1305
<ca>
$(cat ca.crt)
</ca>
<cert>
$(cat "issued/$1.crt")
</cert>
<key>
$(cat "$work/key")
</key>
<tls-crypt>
$(cat tls-crypt.key)
</tls-crypt>
EOF
`;

/** Lets a user in no longer: the server reads the list with every connection. */
const REVOKE = `#!/bin/sh
set -eu
umask 077
case "\${1-}" in
  *[!a-z0-9.-]*|"") echo "usage: tenant-vpn-revoke NAME" >&2; exit 64 ;;
esac
cd ${FOLDER}
openssl ca -config ca.cnf -revoke "issued/$1.crt" -keyfile ca.key -cert ca.crt
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out crl.new
chmod 0644 crl.new
mv crl.new crl.pem
rm "issued/$1.crt"
`;

/**
 * Users reach the cluster's network, whatever they route into the tunnel, and neither the gateway itself nor what else it
 * reaches. They appear there with the gateway's address, so that nodes need no route back.
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

/** A network as OpenVPN writes it. */
function routed(cidr: string): { address: string; mask: string } {
  const { prefixLength } = parseCidr(cidr);
  const bits = 2 ** 32 - 2 ** (32 - prefixLength);
  const mask = [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
  return { address: cidr.split("/")[0] ?? "", mask };
}
