import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";

/** Two times in a row, as the bytes of a certificate contain them. The second one is that of its end. */
const VALIDITY = String.raw`[\\x17\\x18].[0-9]{12,14}Z[\\x17\\x18].([0-9]{12,14})Z`;

/** Year, month, day, hour, minute and second, after a second century if there is one. */
const TIME = String.raw`/^.*(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)$/`;

/**
 * The time at which a certificate expires. Terraform has no function for it, and the Vault provider does not tell it. ISO-8859-1 has
 * a character for each byte, so a regular expression finds the validity in the certificate.
 */
export class CertificateExpiry extends Construct {
  /** RFC 3339, as an expression of Terraform. Terraform knows it as soon as it knows the certificate. */
  readonly expression: string;

  /** @param certificate PEM. */
  constructor(scope: Construct, id: string, certificate: string) {
    super(scope, id);
    const pem = new TerraformLocal(this, "Certificate", certificate);
    const body = `replace(regex("-----BEGIN CERTIFICATE-----([^-]+)", local.${pem.friendlyUniqueId})[0], "/\\\\s/", "")`;
    const end = `regex("${VALIDITY}", textdecodebase64(${body}, "ISO-8859-1"))[0]`;
    // Times until 2049 have two digits of the year.
    const time = `replace("20\${${end}}", "${TIME}", "$1-$2-$\${3}T$4:$5:$\${6}Z")`;
    this.expression = `local.${new TerraformLocal(this, "Resource", `\${${time}}`).friendlyUniqueId}`;
  }
}
