/** A path of a mount, folder or secret, without empty names, slashes at its ends, or the wildcards of policies. */
export const PLAIN_PATH = /^[^/+*\s]+(\/[^/+*\s]+)*$/;
