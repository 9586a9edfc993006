/** A label of a host's name, RFC 1123, as Kubernetes names want it: letters in lower case, digits and hyphens, at most 63. */
export const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
