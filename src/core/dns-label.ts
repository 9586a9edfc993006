/** A DNS label of RFC 1123, which Kubernetes requires for names: lower-case letters, digits and hyphens, at most 63. */
export const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
