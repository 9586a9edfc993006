#!/bin/sh
set -eu
umask 077
mkdir -p /etc/openvpn/tenant-vault/issued
cd /etc/openvpn/tenant-vault
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
openssl req -x509 -new -key ca.key -subj "/CN=Tenant OpenVPN CA" -days 3650 -sha384 \
  -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.crt
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.crt -out crl.pem
key server.key
printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n' > server.ext
openssl req -new -key server.key -subj "/CN=gateway" |
  openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -sha384 -extfile server.ext -out server.new
openvpn --genkey tls-crypt tls-crypt.key
# The server runs without root rights and reads the list of revoked certificates at every connection.
chmod 0755 . && chmod 0644 crl.pem
mv server.new server.crt
