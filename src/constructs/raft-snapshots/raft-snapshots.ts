import { Construct } from "constructs";
import { SNAPSHOTS_ROLE, WATCH_POLICY } from "../../contract/central-vault";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { CronJobV1 } from "../../terraform/providers/kubernetes";
import { checkValues } from "../../core/value-type";
import { addCommandNamespace } from "../command-pod/command-namespace";
import { CA_FILE } from "../command-pod/command-pod";
import { WATCH_LOGIN } from "../command-pod/watch-login";
import type { RaftSnapshotsProps } from "./raft-snapshots-props";
import { checkSnapshots, jobName } from "./snapshot-checks";
import { jobSpec, STORAGE_CA_FILE } from "./snapshot-job";

/** Name of the objects in the namespace. */
const NAME = "tenant-vault-snapshots";
const LABELS = { "app.kubernetes.io/name": NAME };

/**
 * Runs `tenant-vault snapshot save` on a schedule in a cluster of the operator, and `snapshot prune` after it if asked. The pods log in
 * to the central Vault with tokens of their ServiceAccount. **Each pod can read the keys of every instance**: the cluster must be as
 * well guarded as the central Vault.
 */
export class RaftSnapshots extends Construct {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Name of the ServiceAccount. */
  readonly serviceAccount = NAME;

  constructor(scope: Construct, id: string, props: RaftSnapshotsProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkValues(props, ["login"], WATCH_LOGIN, this);
    checkSnapshots(props, this);
    const { namespace = NAME, egress, provider, caCertificate, endpointCaCertificate } = props;
    checkCertificates({ caCertificate, endpointCaCertificate }, this);
    const { metadata, ca } = addCommandNamespace(this, {
      namespace,
      name: NAME,
      labels: LABELS,
      ingress: [],
      egress,
      certificates: { [CA_FILE]: caCertificate, [STORAGE_CA_FILE]: endpointCaCertificate },
      description: "Nobody connects to a pod that saves snapshots.",
      provider,
    });
    this.namespace = metadata.namespace;
    const account = { name: NAME, namespace, role: SNAPSHOTS_ROLE, policies: [WATCH_POLICY] };
    props.login.createRole(this, account, props.centralProvider);
    for (const instance of props.instances) {
      const name = jobName(instance);
      new CronJobV1(this, name, {
        metadata: { ...metadata, name },
        spec: jobSpec({ ...props, instance, labels: LABELS, serviceAccount: NAME, ca }),
        provider,
      });
    }
  }
}
