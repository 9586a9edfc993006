import { checkLoginPath } from "../../core/mount-path";
import { checkCertificates } from "../../terraform/certificate-file";
import { name, validatedBy } from "../builders";
import { path } from "../fields";

/** Path of the mount of a login. */
export const loginPath = validatedBy(path, (value) => checkLoginPath(value));

/** Its description. */
export const description = name("Jobs of customer10");

/** Certificates of an authority. */
export const pem = validatedBy(name("-----BEGIN CERTIFICATE-----..."), (caCertificate) =>
  checkCertificates({ caCertificate }),
);
