/** Whether a name is one of the domains, or below one of them. */
export function isWithin(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => `.${name}`.toLowerCase().endsWith(`.${domain}`.toLowerCase()));
}
