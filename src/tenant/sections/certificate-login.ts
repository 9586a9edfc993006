import {
  checkRevocation,
  type CertificateLoginProps,
  type CertificateOcsp,
} from "../../constructs/login/certificate-login";
import { boolean, list, name, validatedBy } from "../builders";
import { shape, type InFile } from "../in-file";
import { description, loginPath, pem } from "./login-fields";

/** The certificate of the authority may be that of the instance's own PKI. */
export type CertificateSpecProps = Omit<CertificateLoginProps, "provider" | "caCertificate"> &
  Partial<Pick<CertificateLoginProps, "caCertificate">>;

/** The login by TLS certificates. */
export type CertificateLoginSpec = InFile<CertificateSpecProps>;

/** The section of the login by TLS certificates. */
export const certificateLogin = validatedBy(
  shape<CertificateLoginSpec>()({
    path: loginPath.optional(),
    description: description.optional(),
    caCertificate: pem.optional(),
    crl: name("-----BEGIN X509 CRL-----...").optional(),
    crlUrl: name("https://pki.example/v1/pki/crl/pem").optional(),
    ocsp: shape<InFile<CertificateOcsp>>()({
      servers: list(name("http://ocsp.example"), '"http://ocsp.example"').optional(),
      failOpen: boolean.optional(),
      queryAllServers: boolean.optional(),
    }).optional(),
  }),
  (certificate) => checkRevocation(certificate),
);
