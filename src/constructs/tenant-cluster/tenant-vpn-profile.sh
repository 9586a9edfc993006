#!/bin/sh
set -eu
umask 077
case "${1-}:${2-}" in
  *[!a-z0-9.:-]*|:*|*:) echo "usage: tenant-vpn-profile NAME ADDRESS-OF-THIS-GATEWAY" >&2; exit 64 ;;
esac
cd /etc/openvpn/tenant-vault
if [ -e "issued/$1.crt" ]; then
  echo "$1 has a profile; take it back with tenant-vpn-revoke $1 first" >&2
  exit 65
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/key"
printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n' > "$work/ext"
openssl req -new -key "$work/key" -subj "/CN=$1" |
  openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -sha384 -extfile "$work/ext" -out "issued/$1.crt"
cat <<EOF
client
dev tun
proto udp
remote $2 1194
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
