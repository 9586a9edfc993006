/** Blocks of commands that test/integration/journey.test.ts runs, in this order. */
export const JOURNEY = [
  "README.md: npx cdktf deploy central",
  "README.md: vault secrets enable -path=operator kv-v2",
  "README.md: npx cdktf deploy <tenant>-access",
  "README.md: npx tenant-vault preflight <tenant>",
  "README.md: npx cdktf diff <tenant>-config",
  "src/constructs/vault-instance/README.md: TF_VAR_identity=plan npx cdktf diff customer10-config",
  "README.md: npx tenant-vault status",
  "docs/operating/interrupted-deployment.md: cd cdktf.out/stacks/<tenant>-config",
  "docs/operating/secret-ids.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/tenant-vault/role/<tenant>-hook/secret-id",
  "docs/operating/secret-ids.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/approle/role/web/secret-id",
  "docs/troubleshooting.md: instance=customer10/main",
  "docs/troubleshooting.md: npx tenant-vault unseal $instance",
  "docs/troubleshooting.md: vault kv metadata get customers/$instance",
  "docs/troubleshooting.md: vault operator raft list-peers",
  "docs/troubleshooting.md: cat > /dev/shm/keys.json",
  "docs/troubleshooting.md: vault kv undelete -versions=<n> customers/$instance",
  "docs/troubleshooting.md: vault kv rollback -version=<n> customers/$instance",
  "docs/operating/power-failure.md: npx tenant-vault unseal --all",
  'docs/operating/watch.md: vault kv metadata patch -custom-metadata=held="incident 42" customers/customer10/main',
  "docs/operating/watch.md: vault kv metadata patch -remove-custom-metadata=held customers/customer10/main",
  "docs/operating/retire-tenant.md: npx cdktf deploy <tenant>-cluster <tenant>-vault <tenant>-config",
  "docs/operating/retire-tenant.md: npx cdktf destroy <tenant>-config <tenant>-vault <tenant>-cluster",
  "docs/operating/retire-instance.md: vault kv delete customers/<tenant>/<instance>",
  "docs/operating/retire-instance.md: npx tenant-vault purge <tenant>/<instance> --yes-destroy-the-keys <tenant>/<instance>",
] as const;

const CLUSTER = "needs a Kubernetes cluster; test/acceptance runs its operation";

const CLOUDS = "needs an engine of a cloud, which OpenBao has as a plugin only";

const MIRROR = "mirror.test.ts runs it with two Vaults of its own";

const SNAPSHOTS = "snapshots.test.ts runs the command with storage of its own";

const RESTORE = "restore.test.ts runs the command on instances of its own";

const STANDBY = "standby.test.ts runs the command on two instances of its own";

const CUSTODY = "escrow.test.ts does it with a folder, three people and the library of age";

const SPLIT = "split-custody.test.ts runs it with two groups and an instance of its own";

const CENTRAL = "lost-central.test.ts runs it with servers of its own";

const ADOPTION = "adoption.test.ts runs the command on a server that it makes by hand";

const HELD_AUTHORITIES = "authorities.test.ts reads and writes the same secrets through the API";

const CERTIFICATES = "authorities.test.ts runs the command on certificates that it issues";

const PORTABILITY = "portability.test.ts runs it with instances of its own";

const PEOPLE = "people.test.ts runs the command on a server of its own, and sends what people send";

const MANAGERS = "seal.test.ts makes such groups by the same requests, and runs the commands as their members";

/** Blocks that no test runs as they are written, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "docs/operating/guide.md: npx tenant-vault guide customer10/main > customer10-main.md":
    "lab.test.ts runs the command, and then every command that it prints",
  "docs/operating/people.md: read -rs PASSWORD": PEOPLE,
  "docs/operating/people.md: vault unwrap -field=url <wrapping token>": PEOPLE,
  ...Object.fromEntries(
    ["add", "disable", "mfa", "remove", "reset", "rotate"].map((command) => [
      `docs/operating/people.md: npx tenant-vault user ${command} alice`,
      PEOPLE,
    ]),
  ),
  "docs/operating/instance-managers.md: vault write identity/group name=managers-customer10 policies=tenant-vault-customer10-deploy":
    MANAGERS,
  "docs/operating/instance-managers.md: vault write identity/group-alias name=managers-customer10 mount_accessor=<accessor> canonical_id=<id of the group>":
    "needs a provider of identities; external-groups.ts shows such groups at an instance",
  "docs/operating/instance-managers.md: export VAULT_ADDR=https://vault.operator.example:8200": MANAGERS,
  "CONTRIBUTING.md: npm ci": "installs this project and runs this test; CI does both",
  "README.md: npm ci && npm run lab": "installs this project and runs this test; lab.test.ts runs the lab",
  "src/constructs/cloud-credentials/README.md: vault write -f aws/config/rotate-root": CLOUDS,
  "src/constructs/cloud-credentials/README.md: read -rs KEY": CLOUDS,
  "src/constructs/cloud-credentials/README.md: openstack application credential create deploy-2027-01 --role member --expiration 2027-02-01T00:00:00 -f json |":
    "needs an OpenStack",
  "src/constructs/server-config/README.md: vault secrets tune -plugin-version=v0.2.0 aws": CLOUDS,
  "src/constructs/server-config/README.md: terraform -chdir=cdktf.out/stacks/customer10-config apply -target=vault_plugin.main_plugins_secret_aws_v0_1_0":
    "needs servers of Vault with a program of a plugin; plugins.test.ts registers plugins",
  "docs/clusters.md: kubectl apply -f docs/terraform-service-account.yaml": CLUSTER,
  "docs/operating/adopt-volumes.md: kubectl get pv -o custom-columns=NAME:.metadata.name,STATUS:.status.phase,CLAIM:.spec.claimRef.name,SPACE:.spec.claimRef.namespace":
    CLUSTER,
  "docs/operating/adopt-volumes.md: kubectl patch pv <volume> --type json -p '[": CLUSTER,
  "docs/troubleshooting.md: kubectl -n $release delete pvc data-<pod> --wait=false": CLUSTER,
  "docs/operating/grow-volumes.md: for n in 0 1 2; do": CLUSTER,
  "docs/operating/grow-volumes.md: kubectl -n <namespace> delete statefulset <release> --cascade=orphan": CLUSTER,
  "docs/operating/replace-replica.md: kubectl -n <namespace> delete pvc data-<release>-1 audit-<release>-1 --wait=false":
    CLUSTER,
  "docs/operating/workloads.md: kubectl -n sample get secret sample-node-api-dev": CLUSTER,
  "docs/operating/replace-replica.md: kubectl delete pv <release>-1-data <release>-1-audit": CLUSTER,
  "docs/troubleshooting.md: vault kv get -field=kubeconfig clusters/${instance%/*} > /dev/shm/kubeconfig": CLUSTER,
  "docs/troubleshooting.md: kubectl -n $release get certificate": CLUSTER,
  "docs/troubleshooting.md: kubectl -n $release get secret $release-bootstrap -o json > /dev/shm/bootstrap": CLUSTER,
  "docs/troubleshooting.md: kubectl -n $release get statefulset $release -o jsonpath='{.status.updateRevision}{\"\\n\"}'":
    CLUSTER,
  "docs/operating/lost-storage.md: instance=<tenant>/<instance>":
    "lost-storage.test.ts runs it as written, on an instance whose storage is lost",
  "docs/operating/lost-storage.md: VAULT_TOKEN=$(vault kv get -field=root-token customers/$instance) \\":
    "lost-storage.test.ts runs it as written, with another restart of the servers",
  "docs/operating/lost-storage.md: npx cdktf deploy <tenant>-config --ignore-missing-stack-dependencies":
    "lost-storage.test.ts deploys that layer after the loss",
  "docs/operating/remove-nodes.md: folder=~/.local/state/tenant-vault/kubespray/<tenant>": "needs machines of a cloud",
  "docs/troubleshooting.md: vault kv get -format=json access/$instance/ceremony > /dev/shm/ceremony":
    "a person copies values from one command to the next; identities.test.ts makes a root token by the same requests",
  "docs/operating/mirror.md: for mount in customers clusters access authorities; do": MIRROR,
  "docs/operating/mirror.md: export VAULT_TOKEN=$(cat central-token) TENANT_VAULT_MIRROR_TOKEN=$(cat mirror-token)":
    MIRROR,
  "docs/operating/mirror.md: npx tenant-vault unseal <tenant>/<instance>": MIRROR,
  "docs/operating/namespaces.md: npx cdktf deploy <tenant>-vault --ignore-missing-stack-dependencies":
    "sealed-namespace.test.ts runs the hooks and the layer config; the journey deploys that layer of another tenant",
  "docs/operating/namespaces.md: bao kv get -ns=<tenant>.<instance> kv/app":
    "sealed-namespace.test.ts reads a secret in a namespace",
  "docs/operating/namespaces.md: npx tenant-vault rotate-keys <tenant>/<instance>":
    "sealed-namespace.test.ts runs it on a shared instance, in whose namespace the keys were rotated",
  "docs/operating/namespaces.md: node --import tsx test/bench/namespaces.ts": "a measurement, which takes minutes",
  "docs/operating/namespaces.md: bao write -f sys/namespaces/<tenant>.<instance>/seal":
    "sealed-namespace.test.ts sends the same requests",
  "docs/operating/rotate-keys.md: npx tenant-vault rotate-keys <tenant>/<instance>":
    "rotate-keys.test.ts runs it on instances of its own",
  'docs/operating/rotate-keys.md: npx tenant-vault rotate-keys <tenant>/<instance> --break-glass "left by a killed run"':
    "rotate-keys.test.ts runs the command; a unit test of rotate-keys has a ceremony of others",
  "docs/operating/verify-escrow.md: npx tenant-vault escrow verify <tenant>/<instance>":
    "escrow.test.ts runs it on an instance of its own",
  "docs/operating/verify-escrow.md: npx tenant-vault escrow verify --all":
    "escrow.test.ts runs it on instances of its own",
  "docs/operating/second-custody.md: vault policy write tenant-vault-custody - <<'POLICY'":
    "escrow.test.ts has this policy, and no other, for its run",
  "docs/operating/second-custody.md: export TENANT_VAULT_CUSTODY=s3://custody/vault TENANT_VAULT_CUSTODY_PEOPLE=people.txt":
    CUSTODY,
  "docs/operating/second-custody.md: age --decrypt --identity key.txt <tenant>.<instance>.custody-<version>.<time>.alice.age":
    CUSTODY,
  "docs/operating/second-custody.md: age --decrypt --identity key.txt <tenant>.<instance>.custody-<version>.<time>.alice.age | head -n 4":
    CUSTODY,
  "docs/operating/second-custody.md: bao operator unseal -address=https://main-0.example:8200 -ca-cert=ca.pem": CUSTODY,
  "docs/operating/second-custody.md: record=customers/<tenant>/<instance>": CUSTODY,
  "docs/operating/second-custody.md: cd cdktf.out/stacks/<tenant>-vault":
    "escrow.test.ts runs the hook of the instance again",
  "docs/operating/second-custody.md: npx tenant-vault unseal <tenant>/<instance>":
    "escrow.test.ts runs both commands on the instance",
  "docs/operating/split-custody.md: npx tenant-vault unseal --all": SPLIT,
  "docs/operating/split-custody.md: npx tenant-vault watch --share-group site-a": SPLIT,
  "docs/operating/root-token.md: npx tenant-vault root-token generate <tenant>/<instance> --keep":
    "root-token.test.ts runs it on an instance of its own",
  "docs/operating/root-token.md: export VAULT_ADDR=<address of the instance>":
    "root-token.test.ts prints a token and uses it",
  "docs/operating/root-token.md: npx tenant-vault root-token revoke <tenant>/<instance>":
    "root-token.test.ts runs it on an instance of its own",
  "docs/operating/adopt.md: npx tenant-vault adopt <tenant>/<instance> --address https://vault-0.example:8200 --product openbao --ca-certificate ca.pem":
    ADOPTION,
  "docs/operating/adopt.md: npx tenant-vault unmanaged <tenant>/<instance> --imports cdktf.out/stacks/<tenant>-config/import.tf":
    ADOPTION,
  "docs/operating/adopt.md: npx tenant-vault unmanaged <tenant>/<instance> --purge <tenant>/<instance>": ADOPTION,
  "docs/operating/leave.md: npx tenant-vault export <tenant>/<instance> --to customer10.bundle --recipient age1...":
    PORTABILITY,
  "docs/operating/leave.md: npx tenant-vault import <tenant>/<instance> --from customer10.bundle --identity key.txt --dry-run":
    PORTABILITY,
  "docs/operating/leave.md: tar -xf customer10.bundle":
    "portability.test.ts does it with tar and the library of age instead of its program",
  'docs/operating/seal.md: npx tenant-vault seal <tenant>/<instance> --reason "incident 42"':
    "seal.test.ts runs it on an instance of its own",
  "docs/operating/seal.md: npx tenant-vault unseal <tenant>/<instance>":
    "seal.test.ts runs it on an instance of its own",
  "docs/operating/seal.md: vault kv metadata patch -remove-custom-metadata=held customers/<tenant>/<instance>":
    "the block of docs/operating/watch.md is the same",
  "docs/operating/revoke-certificates.md: npx tenant-vault certificates list <tenant>/<instance> --issued-since 2026-11-27T09:00:00Z":
    CERTIFICATES,
  "docs/operating/revoke-certificates.md: npx tenant-vault certificates revoke <tenant>/<instance> --serial <number> <number>":
    CERTIFICATES,
  "docs/operating/revoke-certificates.md: npx tenant-vault certificates revoke <tenant>/<instance> --issued-since 2026-11-27T09:00:00Z --yes-revoke <tenant>/<instance>":
    CERTIFICATES,
  "docs/operating/held-authorities.md: vault kv get -field=private-key authorities/<tenant>/<instance>/<issuer>/key > ca-key.pem":
    HELD_AUTHORITIES,
  "docs/operating/held-authorities.md: vault kv put operator/<tenant>/ca bundle=@ca-bundle.pem": HELD_AUTHORITIES,
  "docs/operating/step-down.md: npx tenant-vault step-down <tenant>/<instance>":
    "seal.test.ts runs it on an instance of its own",
  "docs/operating/back-up.md: npx tenant-vault snapshot save <tenant>/<instance> --target s3://backups/vault --recipient age1...":
    SNAPSHOTS,
  "docs/operating/back-up.md: npx tenant-vault snapshot prune <tenant>/<instance> --target s3://backups/vault --keep 7 --keep-days 30":
    SNAPSHOTS,
  "docs/operating/back-up.md: npx tenant-vault snapshot list <tenant>/<instance> --target s3://backups/vault":
    SNAPSHOTS,
  "docs/operating/restore.md: npx tenant-vault snapshot restore <tenant>/<instance> --target s3://backups/vault --from <name> --identity key.txt":
    RESTORE,
  'docs/operating/restore.md: npx tenant-vault snapshot restore <tenant>/<instance> --target s3://backups/vault --from <name> --identity key.txt --force --break-glass "ticket 42"':
    RESTORE,
  'docs/operating/lost-cluster.md: npx tenant-vault snapshot restore <tenant>/<instance> --target s3://backups/vault --from <name> --identity key.txt --force --break-glass "cluster lost"':
    RESTORE,
  'docs/operating/warm-standby.md: npx tenant-vault snapshot restore <tenant>/<standby> --of <tenant>/<instance> --target s3://backups/vault --identity key.txt --force --break-glass "a new standby"':
    STANDBY,
  "docs/operating/warm-standby.md: npx tenant-vault snapshot restore <tenant>/<standby> --of <tenant>/<instance> --target s3://backups/vault --identity key.txt":
    STANDBY,
  "docs/operating/warm-standby.md: npx tenant-vault snapshot promote <tenant>/<standby>": STANDBY,
  'docs/operating/warm-standby.md: npx tenant-vault snapshot restore <tenant>/<instance> --of <tenant>/<standby> --target s3://backups/vault --identity key.txt --force --break-glass "go back"':
    STANDBY,
  "docs/operating/unseal-central.md: npx tenant-vault central status --address https://central-0.example:8200 --address https://central-1.example:8200":
    CENTRAL,
  "docs/operating/unseal-central.md: npx tenant-vault central unseal --address https://central-0.example:8200 --address https://central-1.example:8200":
    CENTRAL,
  "docs/operating/back-up-central.md: vault policy write tenant-vault-central-snapshots - <<'POLICY'": CENTRAL,
  "docs/operating/back-up-central.md: export VAULT_TOKEN=$(cat snapshot-token)": CENTRAL,
  "docs/operating/back-up-central.md: npx tenant-vault central snapshot prune --target s3://backups/central --keep 48 --keep-days 30":
    CENTRAL,
  "docs/operating/back-up-central.md: npx tenant-vault central snapshot list --target s3://backups/central": CENTRAL,
  'docs/operating/lost-central.md: npx tenant-vault central snapshot restore --address https://central-0.example:8200 --address https://central-1.example:8200 --target s3://backups/central --identity key.txt --force --break-glass "storage lost"':
    CENTRAL,
  "docs/operating/lost-central.md: npx tenant-vault central unseal --address https://central-0.example:8200 --address https://central-1.example:8200":
    CENTRAL,
  "docs/operating/lost-central.md: npx tenant-vault unseal --all": CENTRAL,
  "docs/operating/lost-central.md: npx tenant-vault escrow verify --all": CENTRAL,
  "docs/operating/drill.md: npx tenant-vault watch --drill 30 --target s3://backups/vault --identity key.txt":
    "test/integration/drill.test.ts runs it",
  "docs/operating/drill.md: npx tenant-vault drill <tenant>/<instance> --target s3://backups/vault --identity key.txt":
    "drill.test.ts runs the command on an instance of its own",
  "docs/operating/upgrade-kubespray.md: while sleep 60; do npx tenant-vault unseal <tenant>/<instance>; done":
    "does not end; the command in it runs elsewhere",
  "docs/operating/resize-nodes.md: openstack server resize --flavor <flavor> --wait <node>":
    "needs machines of a cloud",
  "docs/troubleshooting.md: ssh-keygen -f ~/.local/state/tenant-vault/kubespray/<tenant>/known_hosts -R <address>":
    "needs machines of a cloud; host-keys.test.ts refuses another key",
  "src/constructs/dynamic-db/README.md: vault lease revoke -force -prefix database/orders":
    "needs a database that is gone; databases.test.ts revokes leases",
  "src/constructs/ssh-ca/README.md: vault write -field=key ssh/creds/break-glass ip=<address of the host>":
    "it takes a host with the product's SSH helper; test/integration/authorities/ssh.ts asks the instance as that helper does",
  "src/constructs/ssh-ca/README.md: terraform apply -target=vault_mount.main_ssh_mount":
    "authorities.test.ts runs the same commands",
  "src/constructs/ssh-ca/README.md: vault kv put operator/<tenant>/ssh-ca private-key=@ca": HELD_AUTHORITIES,
  "docs/operating/held-authorities.md: vault kv put operator/<tenant>/ssh-ca private-key=@ca": HELD_AUTHORITIES,
  "src/constructs/ssh-ca/README.md: ssh-keygen -t rsa -b 4096 -f ~/.ssh/id_rsa":
    "writes a folder of the user; authorities.test.ts makes, signs and uses such a key",
  "docs/operating/back-up.md: kubectl get jobs -n tenant-vault-snapshots": "needs a cluster of the operator",
  "src/constructs/unseal-watch/README.md: npm pack": "needs a container engine",
  "src/constructs/unseal-watch/README.md: vault auth enable -path=operator-cluster jwt":
    "needs the keys of a cluster; test/unit/central/login.test.ts has the login",
  "docs/operating/every-day.md: systemctl daemon-reload": "changes the services of the machine",
  "docs/operating/watch.md: systemctl daemon-reload": "changes the services of the machine",
  "docs/operating/remote-state.md: npx cdktf diff <stack> --migrate-state": "asks on a terminal",
  "docs/troubleshooting.md: vault operator raft remove-peer <id>": "needs a server that is gone for good",
  "docs/troubleshooting.md: tail -50 ~/.local/state/tenant-vault/kubespray/<tenant>/kubespray.log":
    "needs machines of a cloud",
  "docs/operating/secret-ids.md: read -rs WRAPPING_TOKEN": "people.test.ts runs the same commands of the guide",
  "docs/operating/secret-ids.md: vault list auth/approle/role/web/secret-id":
    "people.test.ts runs the same commands of the guide",
  "src/constructs/access/README.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/approle/role/web/secret-id":
    "the block of docs/operating/secret-ids.md is the same",
  "src/constructs/monitoring/README.md: #!/bin/sh":
    "writes a folder of the machine; monitoring.test.ts runs its command",
  "src/constructs/tenant-pki/README.md: vault write -f pki/roles/web/acme/new-eab":
    "authorities.test.ts makes the same request before its client of ACME makes an account",
};
