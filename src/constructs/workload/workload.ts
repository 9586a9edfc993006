import { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkValueLists, checkValues } from "../../core/value-type";
import { checkCertificates } from "../../terraform/certificate-file";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { checkProviders } from "../../terraform/provider-value";
import { AccessRole } from "../access/access-role";
import type { Delivery, PodAdditions } from "./delivery";
import { ObjectRelease } from "./object-release";
import { WORKLOAD_DELIVERY } from "./workload-delivery";
import { checkWorkloadName } from "./workload-names";
import type { WorkloadProps } from "./workload-props";
import { WORKLOAD_SECRET } from "./workload-secret";

const DEFAULT_TOKEN_PERIOD = Duration.hours(1);

/**
 * A workload in Kubernetes that gets secrets of an instance. It has a role there, which may read them and nothing else.
 *
 * A removal takes the objects of the secrets first, and waits until the operator has released them. Then it takes the objects of the login,
 * and the role last. So the operator can revoke what it requested, and no object waits for a login that is gone.
 */
export class Workload extends Construct {
  /** The role of the workload. */
  readonly role: AccessRole;
  /** What the template of its pods needs. @default - nothing: the secrets are Secrets of Kubernetes */
  readonly pod?: PodAdditions;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkWorkload(props, this);
    const { name, namespace, serviceAccount, audience = "vault", login, server, secrets, boundCidrs, provider } = props;
    const tokenPeriod = props.tokenPeriod ?? defaultPeriod(props);
    const delivery = props.delivery.deliver(
      {
        name,
        serviceAccount,
        audience,
        loginPath: login.path,
        server,
        secrets,
        tokenPeriod,
        refreshInterval: props.refreshInterval ?? Duration.minutes(5),
      },
      this,
    );
    this.role = new AccessRole(this, "Role", {
      name,
      login: login.serviceAccount({ namespace, serviceAccount, audience }),
      tokenTtl: tokenPeriod,
      tokenPeriod,
      boundCidrs,
      provider,
    });
    for (const secret of secrets) secret.grantRead(this.role);
    for (const statement of delivery.statements) this.role.grant(statement);
    this.pod = delivery.pod;
    this.createObjects(delivery, props);
  }

  /** Both releases wait for what is before them, also in reverse at a removal. */
  private createObjects({ login, secrets }: Delivery, { name, namespace }: WorkloadProps): void {
    const role = this.role.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
    const before =
      login.length === 0
        ? role
        : [
            new ObjectRelease(this, "Login", { name: `${name}-login`, namespace, objects: login, dependsOn: role })
              .resource,
          ];
    if (secrets.length === 0) return;
    new ObjectRelease(this, "Secrets", { name: `${name}-secrets`, namespace, objects: secrets, dependsOn: before });
  }
}

/** @throws ValidationError if Kubernetes would refuse a name, or two secrets would be one. */
function checkWorkload(props: WorkloadProps, scope: Construct): void {
  const { name, namespace, secrets, server } = props;
  checkCertificates({ caCertificate: server.caCertificate }, scope);
  checkValues(props, ["delivery"], WORKLOAD_DELIVERY, scope);
  checkValueLists(props, ["secrets"], WORKLOAD_SECRET, scope);
  checkDurations(props, ["refreshInterval", "tokenPeriod"], scope);
  checkWorkloadName("a workload", name, scope);
  checkWorkloadName("a namespace", namespace, scope);
  for (const secret of secrets) checkWorkloadName("a Secret", secret.name, scope);
  const fail = (problem: string): never => {
    throw new ValidationError("workload", `The workload ${name} ${problem}`, scope);
  };
  if (secrets.length === 0) fail("gets no secret; add one to secrets.");
  const twice = firstDuplicate(secrets.map((secret) => secret.name));
  if (twice !== undefined) fail(`gets two secrets with the name "${twice}"; give each its own name.`);
}

/** Credentials of a database expire with the token that requested them. */
function defaultPeriod({ secrets }: WorkloadProps): Duration {
  const lifetimes = secrets.flatMap(({ source }) =>
    source.type === "credentials" && !source.isStatic ? [source.lifetime] : [],
  );
  return [DEFAULT_TOKEN_PERIOD, ...lifetimes].reduce((one, other) => (other.isLongerThan(one) ? other : one));
}
