import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { fromStackFolder } from "../../terraform/paths";
import { CommandResource } from "../../terraform/terraform-data";

/** Properties of a {@link CertificateFile}. */
export interface CertificateFileProps {
  /** The certificate, PEM. */
  readonly certificate: string;
  /** The file, relative to the project. */
  readonly file: string;
}

/**
 * Writes a certificate to a file of the project when Terraform applies it, and again when the certificate changes. Providers take
 * a file and no text.
 */
export class CertificateFile extends Construct {
  constructor(scope: Construct, id: string, { certificate, file }: CertificateFileProps) {
    super(scope, id);
    const path = fromStackFolder(TerraformStack.of(this), file);
    new CommandResource(this, "Resource", {
      run: {
        command: `printf '%s\\n' "$CERTIFICATE" > "$FILE"`,
        environment: {
          CERTIFICATE: "${self.triggers_replace.certificate}",
          FILE: "${self.triggers_replace.file}",
        },
      },
      triggers: { certificate, file: path },
    });
  }
}
