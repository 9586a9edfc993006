import { Policy } from "@cdktf/provider-vault/lib/policy/index.js";
import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role/index.js";
import { Mount } from "@cdktf/provider-vault/lib/mount/index.js";
import { TransitSecretBackendKey } from "@cdktf/provider-vault/lib/transit-secret-backend-key/index.js";
import { App, Lazy } from "cdktf";
import { Construct } from "constructs";
import { KeyValue, LayerStack, localBackend, VaultProvider } from "tenant-vault";
import { PolicyDocument, requireProviderRanges, type IGrantee, type PolicyStatement } from "tenant-vault/spi";

/** An engine: it adds statements to the policy of a grantee, and does not know how the grantee logs in. */
class Encryption extends Construct {
  private readonly path: string;

  constructor(scope: Construct, id: string, key: string) {
    super(scope, id);
    requireProviderRanges(this);
    const mount = new Mount(this, "Mount", { path: "transit", type: "transit" });
    new TransitSecretBackendKey(this, "Resource", {
      backend: mount.path,
      name: key,
      lifecycle: { preventDestroy: true },
    });
    this.path = `transit/encrypt/${key}`;
  }

  grantEncrypt(grantee: IGrantee): void {
    grantee.grant({ path: this.path, capabilities: ["update"], reason: "encrypt orders" });
  }
}

/** A login: any engine can grant to it, also those of the package. */
class PipelineLogin extends Construct implements IGrantee {
  private readonly policy = new PolicyDocument();

  constructor(scope: Construct, id: string, project: string) {
    super(scope, id);
    const policy = Lazy.stringValue({ produce: () => this.policy.render() });
    const { name } = new Policy(this, "Policy", { name: `pipeline-${project}`, policy });
    new JwtAuthBackendRole(this, "Resource", {
      backend: "jwt",
      roleType: "jwt",
      roleName: project,
      userClaim: "sub",
      boundClaims: { project },
      tokenPolicies: [name],
    });
  }

  grant(statement: PolicyStatement): void {
    this.policy.add(statement);
  }
}

const app = new App();
const stack = new LayerStack(app, "extension", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const pipeline = new PipelineLogin(stack, "Pipeline", "orders");
new Encryption(stack, "Encryption", "orders").grantEncrypt(pipeline);
new KeyValue(stack, "KeyValue").grantRead(pipeline, "orders");

app.synth();
