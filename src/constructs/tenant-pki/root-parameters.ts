import { signingParameters } from "./authority-content";
import type { AuthorityProps } from "./authority-props";

/** What the request for the certificate of a root CA says, apart from its key. */
export function rootParameters(
  props: Pick<AuthorityProps, "commonName" | "organization" | "content" | "lifetime" | "permittedDomains">,
  maxPathLength: number,
): Record<string, string | number | boolean> {
  const { commonName, organization, content, lifetime, permittedDomains } = props;
  return {
    common_name: commonName,
    ...(organization === undefined ? {} : { organization }),
    ...signingParameters(content),
    ttl: String(lifetime.toSeconds()),
    exclude_cn_from_sans: true,
    max_path_length: maxPathLength,
    ...(permittedDomains === undefined ? {} : { permitted_dns_domains: permittedDomains.join(",") }),
  };
}
