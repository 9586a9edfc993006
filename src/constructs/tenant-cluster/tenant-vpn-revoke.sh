#!/bin/sh
set -eu
umask 077
case "${1-}" in
  *[!a-z0-9.-]*|"") echo "usage: tenant-vpn-revoke NAME" >&2; exit 64 ;;
esac
cd /etc/openvpn/tenant-vault
openssl ca -config ca.cnf -revoke "issued/$1.crt" -keyfile ca.key -cert ca.crt
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out crl.new
chmod 0644 crl.new
mv crl.new crl.pem
rm "issued/$1.crt"
