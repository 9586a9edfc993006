/** A path of a mount, folder or secret: no empty name, no `.` or `..`, no slash at its ends, and none of the wildcards of policies. */
export const PLAIN_PATH = /^(?!\.{1,2}(\/|$))[^/+*\s]+(\/(?!\.{1,2}(\/|$))[^/+*\s]+)*$/;

/** The same without a template of policies, which stands for another name per client. */
export const LITERAL_PATH = new RegExp(`(?!.*\\{\\{)${PLAIN_PATH.source}`);
